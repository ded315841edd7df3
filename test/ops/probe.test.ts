import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CompletionItem } from '../../lambda/core/model/index.ts';
import { checkProbe } from '../../ops/doctor/endpoint.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { readCompletions } from '../../ops/events/run-items.ts';
import { setSigningSecret } from '../../ops/secrets/set.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const here = useStage();
const verb = (...argv: string[]) => run(argv, { connect: async () => here.stage });

beforeEach(async () => {
  await setSigningSecret(here.stage, SECRET);
  // Stands for gateway and verifier; the processor follows at once.
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, request) => {
    await here.service.deliver(JSON.parse(String(request?.body)));
    await here.service.work();
    return Response.json({ status: 'accepted' });
  });
  expect(await checkProbe(here.stage)).toMatchObject({ state: 'ok' });
});
afterEach(() => vi.restoreAllMocks());

const probe = async () => (await takeEvents(here.stage, {}, 1)).events[0]?.event_id ?? '';

describe('a probe of the doctor', () => {
  it('a probe of the doctor starts nothing, and is shown as a probe everywhere', async () => {
    const id = await probe();
    expect(here.service.created).toEqual([]);
    const listed = await verb('events', 'list');
    expect(listed.out).toMatch(/probe\s*\n$/);
    const shown = await verb('events', 'show', id);
    expect(shown.out).toContain('a probe sent by doctor: it passed the whole path');
    const replayed = await verb('events', 'replay', id, '--replan');
    expect(replayed.out).toContain(`${id}: a probe sent by doctor: it never starts anything`);
    const copy = await here.service.deliver({ run: await runOf(id) });
    await here.service.work();
    const texts = [
      listed.out,
      shown.out,
      replayed.out,
      JSON.stringify(await describeEvent(here.stage, copy)),
    ];
    // The owner of a probe's completion is not an event.
    expect(texts.join('\n')).not.toMatch(/event doctor|copy of doctor|\(doctor\)|"doctor"/);
  });

  it('a probe of the doctor is remembered as long as any completion, as it may wait in a queue or be replayed', async () => {
    const { run_id } = await describeEvent(here.stage, await probe());
    const [mark] = await readCompletions(here.stage, run_id ?? '');
    const days = ((mark as CompletionItem & { ttl: number }).ttl - Date.now() / 1000) / 86_400;
    expect(Math.round(days)).toBe(here.stage.outputs.completionRetentionDays);
  });
});

async function runOf(id: string) {
  const { run_id, ended_at } = await describeEvent(here.stage, id);
  return { id: run_id, ended_at };
}
