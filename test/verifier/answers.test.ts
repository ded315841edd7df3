import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { signingKey, useVerifier } from './support/use-verifier.ts';

const [OLD, NEW] = [signingKey(1), signingKey(2)];

const verifier = useVerifier('answers', NEW, {
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_LOG_LEVEL: 'INFO',
});
const { secrets } = verifier;
const deliver = (body?: string, signedBy = NEW) => verifier.deliver(body, signedBy);

/** What the handler writes to its log. */
let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => void vi.restoreAllMocks());

const METRIC_LINE = /"Metrics":\s*\[([^\]]*)\]/g;
const counted = () =>
  lines.flatMap((line) =>
    [...line.matchAll(METRIC_LINE)].flatMap(([, names = '']) =>
      [...names.matchAll(/"Name":\s*"(\w+)"/g)].map(([, name]) => name),
    ),
  );

it('a body that is too large is answered 413, and Svix is asked not to send it again', async () => {
  const answer = await deliver('x'.repeat(MAX_BODY_BYTES + 1));

  expect(answer).toMatchObject({ statusCode: 413, headers: { 'webhook-delivery': 'abort-message' } });
  expect(counted()).toEqual(['BodyTooLarge']);
});

it.each([
  ['an accepted one', () => deliver(), 200],
  ['one with a bad signature', () => deliver(undefined, OLD), 400],
])('Svix may retry after any other response: %s', async (_, send, status) => {
  const answer = await send();

  expect(answer.statusCode).toBe(status);
  expect(answer.headers).not.toHaveProperty('webhook-delivery');
});

it.each([
  ['JSON', `{"secret":"${NEW}"}`],
  ['quoted', `"${NEW}"`],
  ['without its prefix', NEW.slice(6)],
])('a secret that is %s is reported as malformed, not as missing', async (_, value) => {
  secrets.current = value;

  expect((await deliver()).statusCode).toBe(503);
  expect(counted()).toEqual(['SigningSecretMalformed']);
  expect(lines.join('\n')).toContain('not a valid key');
  expect(lines.join('\n')).not.toContain(NEW.slice(6));
});

it('a malformed secret is reported while the previous one still verifies', async () => {
  Object.assign(secrets, { current: 'a note', previous: OLD });

  expect((await deliver(undefined, OLD)).statusCode).toBe(200);
  expect(counted()).toEqual(
    expect.arrayContaining(['SigningSecretMalformed', 'PreviousSecretUsed', 'EventAccepted']),
  );
});

it('a secret with white space around it verifies, and nothing is reported', async () => {
  secrets.current = ` ${NEW}\n`;

  expect((await deliver()).statusCode).toBe(200);
  expect(counted()).toEqual(['EventAccepted']);
});

it('a short key still verifies, and is reported', async () => {
  secrets.current = signingKey(7, 8);

  expect((await deliver(undefined, signingKey(7, 8))).statusCode).toBe(200);
  expect(counted()).toEqual(expect.arrayContaining(['SigningSecretOddLength', 'EventAccepted']));
});

it('an unknown status is counted besides the ignored event; the status of an active run is not', async () => {
  expect((await deliver(runComplete({ status: 'timed_out' }).toString())).statusCode).toBe(200);
  expect(counted()).toEqual(expect.arrayContaining(['EventIgnored', 'UnknownStatus']));

  lines = [];
  await deliver(runComplete({ status: 'scheduling' }).toString());
  expect(counted()).toEqual(['EventIgnored']);
});

it("Svix's ping is answered 200 and ignored; an object that only resembles it is not", async () => {
  expect(await deliver('{"success": true}')).toMatchObject({ statusCode: 200, body: '{"status":"ignored"}' });
  expect(counted()).toEqual(['EventIgnored']);

  expect((await deliver('{"success": true, "id": "run-1"}')).statusCode).toBe(202);
});

it('a request without the headers of a webhook is counted apart from a bad signature', async () => {
  expect((await verifier.deliverWith({ 'svix-signature': undefined })).statusCode).toBe(400);
  expect(counted()).toEqual(['UnsignedRequest']);
});

it('a delivery whose timestamp is stale counts as one with a bad signature, and as stale', async () => {
  const stale = String(Math.floor(Date.now() / 1000) - 301);
  expect((await verifier.deliverWith({ 'svix-timestamp': stale })).statusCode).toBe(400);
  expect(counted().sort()).toEqual(['SignatureRejected', 'TimestampRejected']);
});

it('a refused delivery leaves one log line with the reason, without signature and payload', async () => {
  await deliver(undefined, OLD);

  const [line = ''] = lines.filter((each) => each.includes('delivery refused'));
  expect(line).toMatch(/"reason":\s*"mismatch"/);
  expect(line).not.toMatch(/v1,|run-1/);
});
