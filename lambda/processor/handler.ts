import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Log } from '../adapters/log.ts';
import { type ProcessorMetric, SECOND } from '../core/model/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { processorEnvironment } from '../environment/processor.ts';
import { checkFollowUps } from '../rules/follow-ups.ts';
import { misnamedBy } from '../rules/named.ts';
import { refuseMisspelt } from '../rules/workflows.ts';
import { processorClients } from './aws-clients.ts';
import { awsProcessor } from './aws-ports.ts';
import { type Processor, processEvents } from './processor.ts';
import { rules } from './rules.ts';

/** `rules diff` loads the deployed bundle, and asks its rules what they say of stored events. */
export { misnamed, rehearse } from './rehearsal.ts';

const log = new Log<ProcessorMetric>();
const processor: Processor = {
  ...awsProcessor(processorClients(), readEnvironment(processorEnvironment)),
  rules,
  log: (level, message, facts) => log.line(level, message, facts),
  count: (metric) => log.count(metric),
  time: (metric, duration) => log.seconds(metric, duration / SECOND),
};
// While the function is loaded, which synthesis tries as well.
checkFollowUps(rules, processor.settings.stage, processor.settings.workflowIds);

/**
 * Only synthesis asks: what concerns single events must not stop what is deployed, nor must an id too many stop a local run
 * that adds one.
 */
export const checkSettings = (): void => {
  const { settings } = processor;
  refuseMisspelt(rules.workflows, settings.stage, settings.workflowIds);
  for (const problem of misnamedBy(rules, settings).values()) throw problem;
};

export async function handler(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  log.begin(context);
  try {
    return await processEvents(processor, batch, context);
  } finally {
    log.flush();
  }
}
