import { expect, it } from 'vitest';
import { refusedField } from '../../../lambda/cyberdesk/refused-field.ts';
import {
  type Action,
  type Json,
  publish,
  type RuleDefinition,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { answered } from '../support/cyberdesk.ts';
import {
  beforePut,
  createRunCalls,
  deadLetters,
  event,
  failCall,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';

const ITEM_LIMIT = 400 * 1024;
const uuid = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;
const starts = (count: number): Action[] =>
  Array.from({ length: count }, (_, n) => startRun({ workflow_id: uuid(n) }));
const rule = (actions: Action[]): RuleDefinition => ({ name: 'fan-out', actions: () => actions });

/** Handles the event to its end, in a table that refuses too large an item. @returns the bytes of each write of the completion */
async function handle(actions: Action[], runsPerCall = 1): Promise<number[]> {
  await setUp(rule(actions));
  const fields = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field_${n}`, 'hidden']));
  world.secrets.set('arn:secret#AWSCURRENT', JSON.stringify(fields), uuid(0));
  world.secrets.set(`arn:secret#${uuid(0)}`, JSON.stringify(fields), uuid(0));
  const sizes: number[] = [];
  let started = 0;
  const next = () => {
    started += 1;
    return started;
  };
  const ids = () => Array.from({ length: runsPerCall }, () => uuid(next()));
  world.cyberdesk.answers.createRun = () => answered({ runIds: ids() });
  world.cyberdesk.answers.createChain = () => answered({ runIds: ids(), sessionId: uuid(0) });
  beforePut((item) => {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    if (bytes > ITEM_LIMIT) throw new Error('Item size has exceeded the maximum allowed size');
    sizes.push(bytes);
  });
  for (let receives = 1; receives < 50; receives += 1) {
    const verdict = await processEvent({}, receives);
    if (verdict.kind === 'acknowledge') return sizes;
    world.later(Math.max(0, verdict.until - world.system.time));
  }
  throw new Error('the event is not finished');
}

it('200 actions of one rule are all carried out, with at most two writes each and five more', async () => {
  const sizes = await handle(starts(200));

  expect(event().state).toBe('processed');
  expect(createRunCalls()).toHaveLength(200);
  expect(sizes.length).toBeLessThanOrEqual(2 * 200 + 5);
});

it('201 actions of one rule fail the event with a reason before any is begun', async () => {
  await handle(starts(201));

  expect(event()).toMatchObject({ state: 'failed', reason: 'too_many_actions' });
  expect(createRunCalls()).toEqual([]);
  expect(deadLetters()).toHaveLength(1);
});

/** 200 actions each, the item limit in the middle of what `more` of them makes of it. */
const LARGE: Record<string, (more: number) => Action> = {
  'references to secrets': (more) => {
    const inputs = Array.from({ length: more }, (_, n) => [`input_${n}`, secret('arn:secret', `field_${n}`)]);
    return startRun({ workflow_id: uuid(0), sensitive_input_values: Object.fromEntries(inputs) });
  },
  'steps of chains': (more) =>
    startChain({ steps: Array.from({ length: more }, () => ({ workflow_id: uuid(0) })) }),
  'attributes of announcements': (more) => publish({ text: 'x'.repeat(100 * more) }),
};

it.each(Object.entries(LARGE))(
  '%s fail the event with a reason if one item does not hold them',
  async (_, of) => {
    for (const more of [1, 5, 10, 20, 60]) {
      await handle(
        Array.from({ length: 200 }, () => of(more)),
        more,
      );

      // Either all, or none of them.
      const { state, reason } = event();
      const { length: calls } = world.cyberdesk.calls;
      expect([state, reason, calls + world.announced.length]).toEqual(
        state === 'failed' ? ['failed', 'too_many_actions', 0] : ['processed', undefined, 200],
      );
      if (more === 1) expect(state).toBe('processed');
      if (more === 60) expect(state).toBe('failed');
    }
  },
);

it('an event fails as refused if the API names deeply nested fields of many actions', async () => {
  const names = Array.from({ length: 900 }, (_, level) => `${'n'.repeat(56)}_${level}`);
  const inputs = (): Json => names.reduceRight<Json>((inner, name) => ({ [name]: inner }), 1);
  const start = () => startRun({ workflow_id: uuid(0), input_values: { deep: inputs() } });
  const detail = [{ loc: ['body', 'input_values', 'deep', ...names], type: 'missing', msg: 'm' }];
  const sent = JSON.stringify({ input_values: { deep: inputs() } });
  const field = refusedField(Buffer.from(JSON.stringify({ detail })), sent) ?? '';
  await setUp(rule(Array.from({ length: 10 }, start)));
  failCall('createRun', { status: 422, isJson: true, field });
  const sizes: number[] = [];
  beforePut((item) => sizes.push(JSON.stringify(item).length));

  expect(await processEvent()).toMatchObject({ kind: 'acknowledge', outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'refused' });
  expect(Math.max(...sizes)).toBeLessThan(ITEM_LIMIT);
});
