import type { LocalRun } from '../running.ts';
import { countMessages } from './queue-state.ts';
import type { ControlAnswer } from './route.ts';

type Check = 'up' | 'down';

/** Asks every part of the run whether it answers. */
export async function health(run: LocalRun): Promise<ControlAnswer> {
  const { tables, queues, secrets } = run.stack.data;
  const parts: Record<string, Promise<unknown>> = {
    dynamodb: Promise.all(
      tables.map(({ name }) => run.aws.call('dynamodb', 'DescribeTable', { TableName: name })),
    ),
    sqs: Promise.all(queues.map((queue) => countMessages(run.aws, queue))),
    secretsmanager: Promise.all(
      secrets.map(({ arn }) => run.aws.call('secretsmanager', 'DescribeSecret', { SecretId: arn })),
    ),
    cyberdesk: fetch(run.cyberdeskUrl, { method: 'HEAD', signal: AbortSignal.timeout(2000) }),
  };
  const checks = Object.entries(parts).map(
    async ([name, part]): Promise<[string, Check]> =>
      part.then(
        () => [name, 'up'],
        () => [name, 'down'],
      ),
  );
  const found = Object.fromEntries(await Promise.all(checks));
  const ok = Object.values(found).every((check) => check === 'up');
  const json = {
    status: ok ? 'ok' : 'degraded',
    stage: run.stack.name,
    webhook_url: run.webhookUrl,
    parts: found,
  };
  return { status: ok ? 200 : 503, json };
}
