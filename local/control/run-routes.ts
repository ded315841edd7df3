import type { LocalRun } from '../running.ts';
import { countMessages, deadLetter } from './queue-state.ts';
import { type ControlAnswer, type ControlRoutes, json } from './route.ts';
import { describeStack } from './stack-state.ts';

/** Shows the run's parts and what they have done, and runs the scheduled work on request. */
export function runRoutes(run: LocalRun): ControlRoutes {
  const { outputs, data } = run.stack;
  const queueAt = (url: string | undefined) => data.queues.find((queue) => queue.url === url);
  const queue = queueAt(outputs.QueueUrl);
  const deadLetters = queueAt(outputs.DlqUrl);
  return {
    'GET health': () => health(run),
    'GET stack': async () => json(describeStack(run)),
    'GET queues': async () => {
      const dlq = deadLetters && {
        ...(await countMessages(run.aws, deadLetters)),
        messages: (await run.inspect(deadLetters.name)).map(deadLetter),
      };
      const counts = queue && (await countMessages(run.aws, queue));
      return json({ queue: counts ?? null, dlq: dlq ?? null });
    },
    'GET iam': async () => json({ unused: run.grants.unused(), grants: run.grants.all() }),
    'GET calls': async () => json(Object.fromEntries([...run.calls.counts].sort())),
    'GET published': async () => json({ messages: run.calls.published }),
    'GET delivered': async () => json({ deliveries: run.outside.deliveries }),
    'GET metrics': async () => json({ metrics: run.logs.metrics }),
    'GET logs': async () => json({ lines: run.logs.lines }),
    'POST sweep': async () => {
      const outcomes = await run.sweep();
      const ok = outcomes.every(({ kind }) => kind === 'success');
      return json({ ok }, ok ? 200 : 500);
    },
    'POST expire': async () => json({ deleted: await run.expire() }),
  };
}

/** Checks that every part of the run responds. */
async function health(run: LocalRun): Promise<ControlAnswer> {
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
  const answers = Object.entries(parts).map(
    async ([name, answer]): Promise<[string, 'up' | 'down']> => [
      name,
      await answer.then(
        () => 'up',
        () => 'down',
      ),
    ],
  );
  const found = Object.fromEntries(await Promise.all(answers));
  const ok = !Object.values(found).includes('down');
  const status = ok ? 'ok' : 'degraded';
  const about = { status, stage: run.stack.name, webhook_url: run.webhookUrl, parts: found };
  return json(about, ok ? 200 : 503);
}
