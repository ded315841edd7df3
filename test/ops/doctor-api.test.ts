import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { checkApiTrial } from '../../ops/doctor/api-trial.ts';
import { checkBareRuns } from '../../ops/doctor/bare-runs.ts';
import { checkOtherStage } from '../../ops/doctor/other-stage.ts';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { type Finding, keepTrial } from '../../ops/verify-api/kept.ts';
import { createStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const WORKFLOW = '11111111-1111-4111-8111-111111111111';
let api: CyberdeskApi;
const here = useStage(async () => {
  api = await startCyberdeskApi({ apiKey: 'cd_key' });
  return { outputs: { cyberdeskApiUrl: api.url } };
});
beforeEach(() => setApiKey(here.stage, 'cd_key'));
afterEach(() => api.close());

describe('what the doctor says of verify-api', () => {
  const at = '2026-11-25T12:00:00.000Z';
  const kept = (results: Finding[], key_seconds = 70) =>
    keepTrial(here.stage, { at, workflow_id: WORKFLOW, key_seconds, results });
  const held: Finding = { check: 'key-70s', state: 'holds', text: 'the same run' };
  const ignored: Finding = { check: 'key-twice', state: 'broken', text: 'ignores', next: 'set it' };
  const check = (outputs = {}) =>
    checkApiTrial({ ...here.stage, outputs: { ...here.stage.outputs, ...outputs } });

  it('the doctor only mentions that verify-api was never tried', async () => {
    expect(await check()).toMatchObject([
      { state: 'info', text: expect.stringContaining('verify-api --workflow') },
    ]);
  });

  it('the doctor says when everything that verify-api tried held', async () => {
    await kept([held]);

    expect(await check()).toMatchObject([{ state: 'ok', text: expect.stringContaining(at) }]);
  });

  it('the doctor shows the newest result of verify-api', async () => {
    await kept([ignored]);
    await kept([held]);

    expect(await check()).toMatchObject([{ state: 'ok' }]);
  });

  it('the doctor warns of a key that is not honoured, until the stage no longer depends on it', async () => {
    await kept([ignored], 0);

    expect(await check()).toMatchObject([{ state: 'warning', next: 'set it' }]);
    expect(await check({ repeatUnanswered: false })).toMatchObject([{ state: 'ok' }]);
  });

  it('the doctor warns of a stage that relies on keys for longer than they were observed to last', async () => {
    await kept([held]);

    expect(await check({ idempotencyKeySeconds: 3600 })).toMatchObject([
      { state: 'warning', next: expect.stringContaining('--longest 3600s') },
    ]);
  });

  it('the doctor warns of what is broken, and mentions what is weak', async () => {
    await kept([
      held,
      { check: 'list-delay', state: 'broken', text: 'late', next: 'ask' },
      { check: 'echo', state: 'weak', text: 'defaults', next: 'correlate' },
    ]);

    expect(await check()).toMatchObject([
      { state: 'warning', text: expect.stringContaining('late') },
      { state: 'info', text: expect.stringContaining('correlate') },
    ]);
  });
});

describe('what the doctor says of runs that look alike', () => {
  /** A follow-up of the rule "follow", as the API shows it. */
  const followUp = async (input_values: Record<string, unknown> | null) => {
    await here.service.deliver();
    await here.service.work();
    const id = here.service.created.at(-1)?.id ?? '';
    api.seedRun({ id, workflow_id: WORKFLOW, input_values });
  };

  it.each([[null], [{}]])('the doctor warns of a rule whose runs have the inputs %j', async (inputs) => {
    await followUp(inputs);

    expect(await checkBareRuns(here.stage)).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('"follow"'),
    });
  });

  it('the doctor does not warn of runs with inputs, or of those that others started', async () => {
    await followUp({ patient: 1 });
    api.seedRun({ workflow_id: WORKFLOW, input_values: null });

    expect(await checkBareRuns(here.stage)).toMatchObject({ state: 'ok' });
  });
});

it('the doctor warns of two stages with one API key, also before any run shows it', async () => {
  const prod = await createStage(here.emulators, { name: 'prod', outputs: { cyberdeskApiUrl: api.url } });
  await setSigningSecret(prod, `whsec_${Buffer.from('s'.repeat(24)).toString('base64')}`);
  await setApiKey(prod, 'cd_key');

  expect(await checkOtherStage(here.stage, async () => prod)).toMatchObject({
    state: 'warning',
    text: expect.stringContaining('adopt'),
  });
});
