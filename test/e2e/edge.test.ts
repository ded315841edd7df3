import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const whole = useWhole({ app: fileURLToPath(new URL('edge/app.ts', import.meta.url)) });
const through = (value: string | undefined, address?: string) => ({
  headers: {
    ...(value !== undefined && { 'x-origin-verify': value }),
    ...(address && { 'cloudfront-viewer-address': address }),
  },
});

/** As `put-secret-value` of the AWS command line. */
async function rotate(value: string): Promise<void> {
  const { aws, stack } = whole().run;
  const SecretId = stack.outputs.OriginSecretName;
  await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: value });
}

it('the local run stands in for CloudFront: a delivery passes, and is processed', async () => {
  const webhook = runComplete();

  expect((await whole().deliver(webhook)).status).toBe(200);
  expect((await whole().finished(webhook.event_id)).state).toBe('processed');
});

it('a delivery around CloudFront is refused, whatever it claims', async () => {
  expect((await whole().deliver(runComplete(), through('forged'))).status).toBe(403);
  expect((await whole().deliver(runComplete(), through('forged', '127.0.0.1:1'))).status).toBe(403);
});

it('a delivery from an address that CloudFront reports, and that is not allowed, is refused', async () => {
  const value = whole().run.originHeader;

  expect(value).toMatch(/^[0-9a-f]{48}$/);
  expect((await whole().deliver(runComplete(), through(value, '203.0.113.9:4711'))).status).toBe(403);
  expect((await whole().deliver(runComplete(), through(value, '127.0.0.1:4711'))).status).toBe(200);
});

it('a rotation of the origin header refuses no delivery, and withdraws nothing before the next one', async () => {
  await rotate(randomBytes(24).toString('hex'));

  expect((await whole().deliver(runComplete())).status).toBe(200);
});

it('the value of the origin header is in no log', () => {
  const { lines } = whole().run.logs;
  expect(lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(lines)).not.toContain(whole().run.originHeader);
});
