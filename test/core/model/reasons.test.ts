import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isDefinite, type Reason } from '../../../lambda/core/model/reasons.ts';

/** What has each reason: an event in one of these states, or a dead letter without an event. */
const WITH = {
  unknown_event_type: 'ignored',
  not_terminal: 'ignored',
  unknown_status: 'ignored',
  svix_ping: 'ignored',
  verification: 'ignored',
  not_json: 'unprocessable',
  missing_fields: 'unprocessable',
  rule_threw: 'failed',
  reference_misplaced: 'failed',
  too_deep: 'failed',
  depth_exceeded: 'failed',
  too_many_actions: 'failed',
  refused: 'failed',
  secret_not_allowed: 'failed',
  destination_missing: 'failed',
  secret_missing: 'failed',
  no_run: 'failed',
  attachment_missing: 'failed',
  attachment_too_large: 'failed',
  body_lost: 'failed',
  outcome_unknown: 'failed',
  exhausted: 'failed',
  crashed: 'failed',
  restored: 'failed',
  garbage: 'dead letter',
  event_missing: 'dead letter',
} satisfies Record<Reason, 'ignored' | 'unprocessable' | 'failed' | 'dead letter'>;

it('docs/runbook.md says what to do about each reason of a failed event or a dead letter, and about no other', () => {
  const [, table = ''] =
    /\| reason \| what to do \|\n([\s\S]*?)\n\n/.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
  const first = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell);
  const listed = first.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, reason]) => reason));
  const needed = Object.entries(WITH).filter(([, state]) => state === 'failed' || state === 'dead letter');

  expect(listed.sort()).toEqual(needed.map(([reason]) => reason).sort());
});

it('a redrive plans an action again only after a definite refusal', () => {
  const definite = [
    'rule_threw',
    'no_run',
    'reference_misplaced',
    'too_deep',
    'depth_exceeded',
    'too_many_actions',
    'refused',
    'secret_not_allowed',
    'secret_missing',
    'destination_missing',
    'attachment_missing',
    'attachment_too_large',
    'body_lost',
  ] as const;
  for (const reason of definite) expect(isDefinite(reason), reason).toBe(true);

  for (const reason of ['outcome_unknown', 'exhausted', 'crashed', 'restored', 'garbage'] as const) {
    expect(isDefinite(reason), reason).toBe(false);
  }
});
