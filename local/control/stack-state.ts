import type { LocalRun } from '../running.ts';
import type { Named } from '../template/model.ts';

const named = ({ logicalId, label, name, arn }: Named) => ({ logical_id: logicalId, label, name, arn });

/** What a tool on this machine needs to work with the run: endpoint, credentials, names. */
export function describeStack(run: LocalRun) {
  const { stack } = run;
  return {
    stack: stack.name,
    template: stack.templateFile,
    started_at: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    region: stack.region,
    account: stack.account,
    webhook_url: run.webhookUrl,
    aws_endpoint: run.awsUrl,
    credentials: run.credentials,
    cyberdesk_url: run.cyberdeskUrl,
    cyberdesk_is_fake: run.fake !== undefined,
    outputs: { ...stack.outputs, WebhookUrl: run.webhookUrl },
    tables: stack.data.tables.map(named),
    queues: stack.data.queues.map((queue) => ({ ...named(queue), url: queue.url })),
    topics: stack.data.topics.map(named),
    secrets: stack.data.secrets.map(named),
    left_out: stack.leftOut,
    functions: stack.functions.map((fn) => ({
      ...named(fn),
      environment: { ...fn.environment, ...run.overridesOf(fn) },
      code: run.functions.codeOf(fn),
    })),
  };
}
