import { expect, it } from 'vitest';
import { isDefinite } from '../../../lambda/core/model/reasons.ts';

it('a redrive plans an action again only after a definite refusal', () => {
  const definite = [
    'rule_threw',
    'reference_misplaced',
    'depth_exceeded',
    'refused',
    'secret_not_allowed',
    'secret_missing',
    'attachment_missing',
    'attachment_too_large',
    'body_lost',
  ] as const;
  for (const reason of definite) expect(isDefinite(reason), reason).toBe(true);

  for (const reason of ['outcome_unknown', 'exhausted', 'crashed', 'garbage'] as const) {
    expect(isDefinite(reason), reason).toBe(false);
  }
});
