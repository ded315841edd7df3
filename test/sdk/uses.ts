/** Code of a customer who has the official SDK. It is compiled against what the vendor documents, and against the package. */
export const USES = `
import { createCyberdeskClient, type RunCompletedEvent, type RunResponse } from 'cyberdesk';
import type { RunCompletedEvent as OurEvent, RunResponse as OurRun } from 'cyberdesk-webhooks/cyberdesk';
import { keyedClient } from 'cyberdesk-webhooks/sdk';

declare const apiKey: () => Promise<string>;

const cyberdesk = keyedClient(async () => createCyberdeskClient(await apiKey()));

export async function onRunComplete(event: { id: string }, run: RunResponse): Promise<void> {
  const { error } = await cyberdesk(event.id, (client) =>
    client.runs.create({ workflow_id: 'w', input_values: { summary: run.output_data?.summary } }),
  );
  if (error) throw new Error('the run was not started: deliver the event again');
}

export const read = (event: string, id: string) =>
  cyberdesk({ event, call: 'read' }, (client) => client.runs.get(id)).then(({ data }) => data?.status);

// The models of both say the same of what our rules read.
export const asOurs = (run: RunResponse): Pick<OurRun, 'id' | 'workflow_id' | 'status' | 'output_data'> => run;
export const inOurEvent = ({ run }: RunCompletedEvent): Pick<OurEvent['run'], 'id' | 'status'> => run;
`;
