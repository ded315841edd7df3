import { afterAll, beforeAll, it, vi } from 'vitest';
import { hideMessage } from '../../lambda/adapters/sqs-queues.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { PauseGate } from '../../lambda/core/pause/index.ts';
import { processorClients } from '../../lambda/processor/aws-clients.ts';
import { processEvents } from '../../lambda/processor/processor.ts';
import { hangingService } from '../adapters/hanging.ts';
import { sqsRecord } from '../simulation/model/sqs-record.ts';

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(() => vi.unstubAllEnvs());

it('a message is hidden although the connection to the queue has died', async ({
  expect,
  onTestFinished,
}) => {
  let answered = 0;
  const { hostname, port, href } = await hangingService(onTestFinished, (socket, before) => {
    // The first one never answers.
    if (before === 0) return;
    answered += 1;
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  const { sqs } = processorClients();
  Object.assign(sqs.config, {
    endpoint: async () => ({ protocol: 'http:', hostname, port: Number(port), path: '/' }),
    isCustomEndpoint: true,
  });
  const counted: string[] = [];
  // Of a later release: it waits, and nothing else is asked.
  const body = JSON.stringify({ v: 99, event: 'e' });
  const processor = {
    ports: () => ({}),
    hide: hideMessage(sqs, `${href}0/queue`),
    gate: new PauseGate(nodeSystem, MINUTE),
    machine: nodeSystem,
    functionTimeout: 55 * SECOND,
    log: () => {},
    count: (metric: string) => counted.push(metric),
  };

  await processEvents(
    processor as never,
    { Records: [sqsRecord('m', { body, receives: 1, handle: 'handle' })] },
    { getRemainingTimeInMillis: () => 55 * SECOND },
  );

  expect(answered).toBe(1);
  expect(counted).not.toContain('MessageFailed');
});
