import { describe, expect, it } from 'vitest';
import type { LineageItem, RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { uuidV5 } from '../../../../lambda/core/model/keys.ts';
import { actionRecord } from '../../support/items.ts';
import { BEGUN, foundRun, lookUp, lookUpPorts } from '../../support/look-up.ts';

type Shown = RunSnapshot['input_values'];

const KEY = uuidV5('mine');
const ways = {
  'by their inputs': {
    correlate: undefined,
    sent: { a: 1, b: 2 },
    shown: {
      sent: { a: 1, b: 2 },
      more: { a: 1, b: 2, c: 3 },
      nothing: null,
      others: { z: 1 },
      another: { a: 9, b: 2 },
    },
  },
  'by a key': {
    correlate: 'by',
    sent: { a: 1, by: KEY },
    shown: {
      sent: { a: 1, by: KEY },
      masked: { a: 1, by: '***' },
      dropped: { a: 1 },
      nothing: null,
      others: { z: 1 },
      another: { a: 1, by: uuidV5('theirs') },
    },
  },
};
const owners: Record<string, Partial<LineageItem> | undefined> = {
  free: undefined,
  taken: { action: 'theirs' },
  adopted: { action: 'theirs', adopted: true },
};

describe.each(Object.entries(ways))('two runs that are distinguished %s', (_, { correlate, sent, shown }) => {
  const body = JSON.stringify({ workflow_id: 'next', input_values: sent });
  const record = actionRecord({ key: KEY, begun: BEGUN, body, ...(correlate && { correlate }) });
  /** Another run with our key would be ours. */
  const theirs = Object.entries<Shown>(shown).filter(([name]) => name !== 'sent' || !correlate);
  const cases = Object.entries<Shown>(shown).flatMap(([own, ownInputs]) =>
    theirs.flatMap(([other, otherInputs]) =>
      Object.keys(owners).flatMap((owner) =>
        [false, true].map((isRecorded) => ({ own, ownInputs, other, otherInputs, owner, isRecorded })),
      ),
    ),
  );

  it.each(cases)(
    'a lookup keeps its own run ($own, on record: $isRecorded) apart from another one ($other, $owner)',
    async ({ own, ownInputs, other, otherInputs, owner, isRecorded }) => {
      const runs = [
        foundRun('other', { input_values: otherInputs }),
        foundRun('own', { input_values: ownInputs }),
      ];
      const ports = lookUpPorts(runs, {
        ...(owners[owner] && { other: owners[owner] }),
        ...(isRecorded && { own: { action: KEY } }),
      });

      const trace = await lookUp(ports, record);

      // What is shown in another way than any API would show it is another run, and an equal run of others is the first known gap.
      const isLost = own === 'another' && !isRecorded;
      const isEqual = other === 'sent' && owner === 'free';
      if (!isLost) expect(trace.kind).not.toBe('none');
      if ('runIds' in trace && !(isEqual && !isRecorded)) expect(trace.runIds).toEqual(['own']);
      if (isRecorded) expect(trace.kind).toBe('ours');
      else if (own === 'sent' && !isEqual) expect(trace).toMatchObject({ runIds: ['own'] });
    },
  );
});
