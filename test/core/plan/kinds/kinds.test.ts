import { expect, it } from 'vitest';
import type { ActionRecord } from '../../../../lambda/core/model/index.ts';
import {
  executionOf,
  kindOf,
  needsOf,
  UnknownActionKindError,
} from '../../../../lambda/core/plan/kinds/index.ts';
import { LaterReleaseError } from '../../../../lambda/core/store/index.ts';
import { notify } from '../../../../lambda/rules/index.ts';
import { actionRecord } from '../../support/items.ts';
import { anyAction, planOf } from '../../support/plan.ts';

/** The second one is a property of every object, but not a kind. */
const UNKNOWN_KINDS = ['callWebhook', 'constructor'];

/** A record that a later release has stored. */
const recordOfKind = (kind: string): ActionRecord => ({
  ...actionRecord(),
  ...JSON.parse(`{"kind":"${kind}"}`),
});

it.each(UNKNOWN_KINDS)('an action of the unknown kind %s is an UnknownActionKindError', (kind) => {
  expect(() => kindOf(anyAction({ ...notify(), kind }))).toThrow(UnknownActionKindError);
});

it.each(UNKNOWN_KINDS)(
  'a rule that returns an action of the unknown kind %s counts as one that threw',
  (kind) => {
    expect(planOf(() => anyAction({ ...notify(), kind }))).toMatchObject({
      kind: 'failed',
      reason: 'rule_threw',
    });
  },
);

it.each(UNKNOWN_KINDS)('a stored action of the unknown kind %s belongs to a later release', (kind) => {
  expect(() => executionOf(recordOfKind(kind))).toThrow(LaterReleaseError);
  expect(() => needsOf(recordOfKind(kind))).toThrow(LaterReleaseError);
});

it.each([
  ['startRun', true],
  ['startChain', true],
  ['retryRun', true],
  ['notify', false],
  ['publish', false],
  ['deliver', false],
] as const)('whether %s waits in a pause and has a large body in pieces: %s', (kind, isCall) => {
  expect(needsOf(actionRecord({ kind }))).toEqual({ waitsInPause: isCall, bodyInPieces: isCall });
});

it.each([
  ['startRun', '{"workflow_id":"next"}', 1],
  ['retryRun', '{}', 1],
  ['startChain', '{"steps":[{"workflow_id":"a"},{"workflow_id":"b"},{"workflow_id":"c"}]}', 3],
  // Rules in plain JavaScript.
  ['startChain', '{"steps":"a"}', 1],
  ['startChain', 'null', 1],
] as const)('a call of kind %s with the body %s counts as %d runs', (kind, body, runs) => {
  const execution = executionOf(actionRecord({ kind }));

  expect(execution.kind === 'call' && execution.runsOf(body)).toBe(runs);
});
