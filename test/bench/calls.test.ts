import { expect, it, onTestFinished } from 'vitest';
import { webhookOf } from '../../bench/events.ts';
import { startProbe } from '../../bench/probe.ts';
import { useEndpoints } from './support/subjects.ts';

// The fetch while the verifier is loaded is given up after a second, which passes quickly on a busy machine.
const BUSY = { retry: 5 };

it(
  'the first request of a cold verifier waits for one write and one message, as the secret is there',
  BUSY,
  async () => {
    const { aws, verifier } = await useEndpoints();
    const probe = await startProbe(verifier);
    onTestFinished(probe.end);
    const loaded = { ...aws.calls };
    const first = await probe.run([webhookOf('1 KB')]);

    expect(loaded).toEqual({ GetSecretValue: 2 });
    expect(aws.calls).toEqual({ GetSecretValue: 2, PutItem: 1, SendMessage: 1 });
    expect(first).toMatchObject({ calls: 2, rounds: 2 });
  },
);

it('a warm verifier makes one write and sends one message, on the connections that it has', async () => {
  const { verifier } = await useEndpoints();
  const probe = await startProbe(verifier);
  onTestFinished(probe.end);
  await probe.run([webhookOf('1 KB')]);

  expect(await probe.run([webhookOf('16 KB')])).toMatchObject({ calls: 2, rounds: 2, connections: 0 });
});

it('the endpoint that the verifier is compared with makes the same calls, and fetches its secret in the first request', async () => {
  const { aws, express } = await useEndpoints();
  const probe = await startProbe(express);
  onTestFinished(probe.end);

  expect(aws.calls).toEqual({});
  expect(await probe.run([webhookOf('1 KB')])).toMatchObject({ calls: 3, rounds: 3 });
  expect(aws.calls).toEqual({ GetSecretValue: 1, PutItem: 1, SendMessage: 1 });
});

it('a measured handler that refuses what it is sent ends the measurement', async () => {
  const { verifier } = await useEndpoints();
  const probe = await startProbe(verifier);
  onTestFinished(probe.end);

  await expect(probe.run([{ ...webhookOf('1 KB'), body: '{}' }])).rejects.toThrow(/answered .*400/);
});
