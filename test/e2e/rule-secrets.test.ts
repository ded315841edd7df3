import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalRun, startLocal } from '../../local/run.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { connectLocal } from '../../ops/stage/local.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';
import { PORTAL } from './rule-secrets/portal.ts';

const APP = fileURLToPath(new URL('rule-secrets/app.ts', import.meta.url));
const VALUE = 'a value that no one may see';

let run: LocalRun;
beforeAll(async () => {
  run = await startLocal({ app: APP });
});
afterAll(() => run?.stop());

/** Delivers an event and waits for its end. */
async function finished(local: LocalRun) {
  const event = runComplete();
  await deliver(local.webhookUrl, local.secret ?? '', event);
  const stage = await connectLocal(local.url);
  return waitFor('the end of the event', async () => {
    const detail = await describeEvent(stage, event.event_id).catch(() => undefined);
    return detail?.state === 'processed' || detail?.state === 'failed' ? detail : undefined;
  });
}

/** Calls the command against the local run. */
async function command(args: string[], input = '') {
  const child = spawn(process.execPath, ['ops/cyberdesk-webhooks.mjs', ...args], {
    env: { PATH: process.env.PATH, PORT: new URL(run.url).port },
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await ended };
}

const passwords = (local: LocalRun) =>
  local.fake?.state.requests.flatMap(({ method, body }) =>
    method === 'POST' ? [JSON.parse(`${body}`).sensitive_input_values?.password] : [],
  );

describe('a rule that names a secret, in the local run', () => {
  it('an event whose secret has no value fails, and its timeline names the secret', async () => {
    const detail = await finished(run);

    expect(detail.actions[0]?.secret).toEqual({ kind: 'empty', id: PORTAL, field: 'password' });
    expect(detail.timeline.find(({ step }) => step === 'action')?.text).toContain(
      `the secret ${PORTAL} does not exist or has no value (field "password")`,
    );
  });

  it('doctor names the secret that has no value, and how to set it', async () => {
    const { out } = await command(['doctor', '--json']);

    expect(JSON.parse(out).findings).toContainEqual({
      check: 'rule-secrets',
      state: 'problem',
      text: 'the secret claims-portal, which rules may name, does not exist or has no value',
      next: expect.stringContaining('secret set --secret claims-portal'),
    });
  });

  it('secret set --secret refuses what rules may not name, and broken JSON, without quoting the value', async () => {
    const other = await command(['secret', 'set', '--secret', 'other'], VALUE);
    const broken = await command(['secret', 'set', '--secret', 'claims-portal'], `{"password": "${VALUE}"`);

    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('claims-portal') });
    expect(broken).toMatchObject({ code: 2, err: expect.stringContaining('begins as JSON') });
    expect(other.err + broken.err).not.toContain(VALUE);
  });

  it('a value that lacks the field, or is not JSON, is described as such, and never shown', async () => {
    for (const [value, said] of [
      [VALUE, 'is not JSON with fields'],
      [JSON.stringify({ user: VALUE }), 'lacks the field that the rule asks for'],
    ] as const) {
      await command(['secret', 'set', '--secret', 'claims-portal'], value);

      const detail = await finished(run);

      expect(detail.timeline.find(({ step }) => step === 'action')?.text).toContain(said);
      expect(JSON.stringify(detail)).not.toContain(VALUE);
    }
  });

  it('secret set --secret gives the secret the value that the follow-up is started with', async () => {
    const set = await command(
      ['secret', 'set', '--secret', 'claims-portal'],
      JSON.stringify({ password: VALUE }),
    );
    const detail = await finished(run);

    expect(set).toMatchObject({ out: 'claims-portal replaced.\n', code: 0 });
    expect(detail.state).toBe('processed');
    expect(passwords(run)).toEqual([VALUE]);
  });

  it('the option secrets gives a secret its value from the start', async () => {
    const other = await startLocal({ app: APP, secrets: { 'claims-portal': '{"password":"b"}' } });
    try {
      expect((await finished(other)).state).toBe('processed');
      expect(passwords(other)).toEqual(['b']);
      await expect(startLocal({ app: APP, secrets: { unknown: 'c' } })).rejects.toThrow(
        'LOCAL_SECRETS names "unknown", which the stage has no secret of',
      );
    } finally {
      await other.stop();
    }
  });
});
