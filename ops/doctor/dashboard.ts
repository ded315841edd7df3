import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { takeEvents } from '../events/list.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';
import { cyberdeskOf } from './secrets.ts';

/** Workflows that are looked at, at most. */
const MOST_WORKFLOWS = 50;

/** What only a person can do in Cyberdesk's dashboard, as far as it can be seen from here. */
export async function checkDashboard(stage: Stage): Promise<Finding[]> {
  const { events } = await takeEvents(stage, {}, 200);
  const came = events.find(({ origin }) => origin === 'webhook');
  const endpoint = came
    ? ok('dashboard', `webhooks arrive; the last one at ${came.received_at}`)
    : info(
        'dashboard',
        `no webhook has come yet. A person must, once, in Cyberdesk's dashboard: activate webhooks for the organisation, and add the endpoint ${stage.outputs.webhookUrl} with the event type run_complete`,
      );
  const client = await cyberdeskOf(stage);
  if (!client) return [endpoint, skipped('workflows', 'not checked without an API key')];
  return [endpoint, ...(await checkWorkflows(client))];
}

async function checkWorkflows(client: CyberdeskClient): Promise<Finding[]> {
  const { data, error } = await client.runs.list({ limit: 1000, fields: [] });
  if (error) return [skipped('workflows', `not checked: ${error.message}`)];
  const ids = [...new Set(data.items.map(({ workflow_id }) => workflow_id))].slice(0, MOST_WORKFLOWS);
  const silent: string[] = [];
  let looked = 0;
  for (const id of ids) {
    const workflow = await client.workflows.get(id);
    if (workflow.error) continue;
    looked += 1;
    if (workflow.data.is_webhooks_enabled !== true) silent.push(workflow.data.name ?? id);
  }
  if (silent.length > 0) {
    return [
      warning(
        'workflows',
        `${silent.length} of ${looked} workflows with recent runs send no webhook: ${silent.slice(0, 5).join(', ')}`,
        'where follow-ups are wanted, switch on "is_webhooks_enabled" in the workflow\'s settings at Cyberdesk',
      ),
    ];
  }
  return [
    looked > 0
      ? ok('workflows', `all ${looked} with recent runs send webhooks (is_webhooks_enabled)`)
      : info('workflows', 'no runs yet; each workflow needs is_webhooks_enabled, which is off by default'),
  ];
}
