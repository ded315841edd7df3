import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPayload } from '../../ops/events/detail.ts';
import { parseObject } from '../../ops/json.ts';
import { setSigningSecret } from '../../ops/secrets/set.ts';
import { edit } from '../../ops/send/body.ts';
import { decimalsOf, spelledJson } from '../json/spelled.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
afterEach(() => vi.restoreAllMocks());

const connect = async () => here.stage;

/** Stores an event whose output is this JSON text. */
async function stored(output: string): Promise<string> {
  const body = JSON.stringify({
    event_id: randomUUID(),
    event_type: 'run_complete',
    run: { id: randomUUID(), workflow_id: 'first', status: 'success', output_data: 'OUTPUT' },
  });
  return here.service.receive(body.replace('"OUTPUT"', () => output));
}

/** What `send` would deliver. */
async function sent(...argv: string[]): Promise<string> {
  await setSigningSecret(here.stage, `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`);
  const bodies: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, request) => {
    bodies.push(String(request?.body));
    return Response.json({ error: 'bad_request' }, { status: 400 });
  });
  await run(['send', ...argv], { connect });
  return bodies[0] ?? '';
}

const OUTPUT = '{"account":9007199254740993,"amount":1234567890123456.78,"most":[1e400]}';
const DIGITS = decimalsOf(OUTPUT);

describe('events show --payload', () => {
  it('events show --payload shows the digits that came', async () => {
    const id = await stored(OUTPUT);

    const { out } = await run(['events', 'show', id, '--payload'], { connect });

    expect(out).toContain('"account": 9007199254740993,\n');
    expect(out).toContain('"amount": 1234567890123456.78,\n');
    expect(out).toContain('1e400\n');
  });

  it('events show --payload shows what is nested too deeply to be indented', async () => {
    const id = await stored(`${'['.repeat(5000)}${']'.repeat(5000)}`);

    const { code, out } = await run(['events', 'show', id, '--payload'], { connect });

    expect([code, out.includes(String(await readPayload(here.stage, id)))]).toEqual([0, true]);
  });
});

describe('send', () => {
  it('send --from-event sends a copy with the same digits', async () => {
    const id = await stored(OUTPUT);

    const body = await sent('--from-event', id, '--set', 'run.output_data.note=x');

    expect(decimalsOf(body)).toEqual(DIGITS);
    expect(body).toContain('"note":"x"');
  });

  it('send --from-event copies what is nested deeply', async () => {
    const deep = `${'['.repeat(5000)}9007199254740993${']'.repeat(5000)}`;

    expect(await sent('--from-event', await stored(deep))).toContain(deep);
  });

  it('send --set sets a number with all its digits', async () => {
    const body = await sent(
      '--set',
      'run.output_data={}',
      '--set',
      'run.output_data.account=12345678901234567890',
    );

    expect(body).toContain('"output_data":{"account":12345678901234567890}');
  });

  it('send --set finds no parts in a number', async () => {
    const id = await stored(OUTPUT);

    const { code, err } = await run(['send', '--from-event', id, '--set', 'run.output_data.account.part=1'], {
      connect,
    });

    expect([code, err]).toEqual([2, expect.stringContaining('"account" is a plain value')]);
  });

  it('an edit of any payload keeps its digits', () => {
    fc.assert(
      fc.property(spelledJson, (text) => {
        const payload = parseObject(`{"run":{"output_data":${text}}}`);

        const edited = JSON.stringify(edit(payload ?? {}, ['run.status="error"']));

        expect(decimalsOf(edited)).toEqual(decimalsOf(text));
      }),
    );
  });
});
