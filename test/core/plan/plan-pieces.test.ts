import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../lambda/core/model/index.ts';
import { DAY } from '../../../lambda/core/model/time.ts';
import {
  KEEP_AHEAD,
  LARGE_PLAN_BYTES,
  readActionBody,
  storeLargePlan,
  withKey,
} from '../../../lambda/core/plan/plan-bodies.ts';
import { actionRecord, completionItem } from '../support/items.ts';
import { START } from '../support/system.ts';
import { createWorld } from '../support/world.ts';

const bodyOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
const draftOf = (...actions: ActionRecord[]) => completionItem({ actions });

describe('storing a large plan', () => {
  it('a plan with exactly 64 KB of bodies is stored in its item, and one with a byte more in pieces', async () => {
    const { worker } = createWorld();
    const { body: _body, ...bodiless } = actionRecord();
    const exact = draftOf(actionRecord({ body: bodyOf(LARGE_PLAN_BYTES) }), bodiless);

    expect(await storeLargePlan(worker, exact)).toEqual(exact);

    const more = await storeLargePlan(worker, draftOf(actionRecord({ body: bodyOf(LARGE_PLAN_BYTES + 1) })));

    expect(more.actions?.[0]).toHaveProperty('body_ref');
    expect(more.actions?.[0]).not.toHaveProperty('body');
  });

  it.each([14, 21, 90])(
    'bodies of a large plan are kept for as long as those of events: %i days',
    async (days) => {
      const { worker } = createWorld();
      const draft = draftOf(actionRecord({ body: bodyOf(70_000) }));
      const settings = { ...worker.settings, bodyRetention: days * DAY };

      const stored = await storeLargePlan({ ...worker, settings }, draft);

      expect(stored.actions?.[0]?.body_ref?.until).toBe(START + days * DAY);
    },
  );

  it('an action whose body is in pieces already keeps these when the rest of its plan is stored', async () => {
    const { worker } = createWorld();
    const { body: _body, ...rest } = actionRecord({ body_ref: { sha256: 'a', pieces: 1, until: START } });
    const draft = draftOf(rest, actionRecord({ position: 1, body: bodyOf(70_000) }));

    const stored = await storeLargePlan(worker, draft);

    expect(stored.actions?.[0]).toEqual(rest);
    expect(stored.actions?.[1]).toHaveProperty('body_ref');
  });
});

describe('an action under another key', () => {
  const body = '{"input_values":{"by":"old","text":"old ones"}}';

  it('an action that is not correlated changes its key and nothing else', async () => {
    const { worker } = createWorld();
    const record = actionRecord({ key: 'old', body });

    expect(await withKey(worker, record, 'new')).toEqual({ ...record, key: 'new' });
  });

  it('a correlated action holds its new key in its body too', async () => {
    const { worker } = createWorld();
    const record = actionRecord({ key: 'old', correlate: 'by', body });

    expect(await withKey(worker, record, 'new')).toEqual({
      ...record,
      key: 'new',
      body: '{"input_values":{"by":"new","text":"old ones"}}',
    });
  });

  /** A correlated action whose body is in pieces. */
  async function inPieces() {
    const { worker, later } = createWorld();
    const large = JSON.stringify({ by: 'old', text: 'x'.repeat(70_000) });
    const draft = draftOf(actionRecord({ key: 'old', correlate: 'by', body: large }));
    const [record] = (await storeLargePlan(worker, draft)).actions ?? [];
    if (!record?.body_ref) throw new Error('the plan is not stored in pieces');
    return { worker, later, record, body_ref: record.body_ref };
  }

  it('a correlated body in pieces is stored in pieces under its new key, by the same owner', async () => {
    const { worker, record, body_ref } = await inPieces();

    const renamed = await withKey(worker, record, 'new');

    expect(renamed).toEqual({
      ...record,
      key: 'new',
      body_ref: { ...body_ref, sha256: expect.not.stringMatching(body_ref.sha256) },
    });
    expect(JSON.parse(await readActionBody(worker.table, renamed)).by).toBe('new');
    expect(JSON.parse(await readActionBody(worker.table, record)).by).toBe('old');
  });

  it('a correlated body without an owner, of an earlier release, stays without one', async () => {
    const { worker, record, body_ref } = await inPieces();
    const ownerless = await withKey(worker, record, 'new');
    const { owner: _owner, ...reference } = body_ref;
    const stored = worker.table;
    const table = {
      ...stored,
      get: (key: Parameters<typeof stored.get>[0]) =>
        stored.get({ ...key, pk: key.pk.replace('body#', 'plan#') }),
    };

    const renamed = await withKey({ ...worker, table }, { ...record, body_ref: reference }, 'new');

    expect(renamed.body_ref).toStrictEqual({
      sha256: ownerless.body_ref?.sha256,
      pieces: reference.pieces,
      until: reference.until,
    });
  });

  it('a correlated body is kept for two weeks from its new key on, and never shorter than before', async () => {
    const { worker, later, record, body_ref } = await inPieces();
    expect(body_ref.until).toBeGreaterThan(START + 2 * KEEP_AHEAD);

    expect((await withKey(worker, record, 'new')).body_ref?.until).toBe(body_ref.until);

    later(80 * DAY);

    expect((await withKey(worker, record, 'newer')).body_ref?.until).toBe(START + 80 * DAY + 14 * DAY);
  });
});

it('an action without any body is sent as an empty object', async () => {
  const { body: _body, ...bodiless } = actionRecord();

  expect(await readActionBody(createWorld().table, bodiless)).toBe('{}');
});
