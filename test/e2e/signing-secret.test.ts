import { randomBytes } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const whole = useWhole({ webhookSecret: null });
const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;

async function put(value: string): Promise<void> {
  const { awsUrl, credentials, fn } = whole().run;
  const client = new SecretsManagerClient({ region: 'us-east-1', endpoint: awsUrl, credentials });
  const SecretId = fn('verifier').environment.SIGNING_SECRET_ARN;
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: value }));
}

describe('the signing secret', () => {
  it('a webhook gets 503 while there is no signing secret, so that the sender retries', async () => {
    expect(await deliver(whole().run.webhookUrl, newSecret(), runComplete())).toEqual({
      status: 503,
      answer: { error: 'unavailable' },
    });
  });

  it('the signing secret is never a placeholder, not even one that looks genuine', async () => {
    const placeholder = Buffer.from('replace me').toString('base64');
    await put(placeholder);

    await waitFor('the placeholder to be refused', async () => {
      const { status } = await deliver(whole().run.webhookUrl, placeholder, runComplete());
      expect(status).toBe(503);
      return true;
    });
  });

  it('a signing secret is used once it is set, and both secrets during a rotation', async () => {
    const [first, second] = [newSecret(), newSecret()];
    const accepts = async (secret: string) =>
      (await deliver(whole().run.webhookUrl, secret, runComplete())).status === 200;

    await put(first);
    await waitFor('the first secret to be read', () => accepts(first));
    await put(second);
    // Warm sandboxes have cached the first one; the first webhook signed with the new one makes them refresh it.
    await waitFor('the second secret to be read', () => accepts(second));

    expect(await accepts(first)).toBe(true);
    expect(await accepts(newSecret())).toBe(false);
    const seen = () => whole().run.logs.metrics.some(({ name }) => name === 'PreviousSecretUsed');
    await waitFor('the metric of the previous secret', seen);
  });
});
