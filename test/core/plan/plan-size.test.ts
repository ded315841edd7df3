import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../lambda/core/model/index.ts';
import { fitsOneItem } from '../../../lambda/core/plan/plan-size.ts';
import { actionRecord } from '../support/items.ts';

const KB = 1024;
const several = (count: number, more: Partial<ActionRecord>) =>
  Array.from({ length: count }, (_, position) => actionRecord({ position, ...more }));
const bodyOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

describe('what one item holds of a plan', () => {
  it('bodies of calls leave the item once they are large, so they count as 64 KB at most', () => {
    expect(fitsOneItem(several(10, { body: bodyOf(60 * KB) }))).toBe(true);
  });

  it('small bodies of calls stay in the item and count as what they are', () => {
    const calls = (bytes: number) => [...several(100, { body: bodyOf(bytes) }), announcement(280 * KB)];

    expect(fitsOneItem(calls(300))).toBe(true);
    expect(fitsOneItem(calls(700))).toBe(false);
  });

  it('bodies of announcements stay in the item and count once', () => {
    expect(fitsOneItem([announcement(350 * KB)])).toBe(true);
    expect(fitsOneItem([announcement(400 * KB)])).toBe(false);
  });

  it('an action of a kind that only a later release knows counts as a call, which that release has measured', () => {
    const later = Object.assign(actionRecord({ body: bodyOf(500 * KB) }), { kind: 'fromLater' });

    expect(fitsOneItem([later])).toBe(true);
  });

  it('a hash for each attachment must fit as well', () => {
    const ids = (count: number) => Array.from({ length: count }, () => 'f');
    const files = (count: number) =>
      actionRecord({ placeholders: [{ path: ['file_inputs', '0'], attachments: { ids: ids(count) } }] });

    expect(fitsOneItem([files(5000)])).toBe(true);
    expect(fitsOneItem([files(6000)])).toBe(false);
  });

  it('the ids of all runs that a chain may start must fit as well', () => {
    const chainOf = (steps: number) =>
      actionRecord({
        kind: 'startChain',
        body: JSON.stringify({ steps: Array.from({ length: steps }, () => 0) }),
      });

    expect(fitsOneItem([chainOf(6000)])).toBe(true);
    expect(fitsOneItem([chainOf(9000)])).toBe(false);
  });

  it('a body that is not valid JSON is an error, and not taken for the body of a later release', () => {
    expect(() => fitsOneItem([actionRecord({ kind: 'startChain', body: '{"steps":' })])).toThrow(SyntaxError);
  });
});

function announcement(bytes: number): ActionRecord {
  return actionRecord({ kind: 'publish', body: bodyOf(bytes) });
}
