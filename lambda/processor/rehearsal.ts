import rules from '#follow-ups';
import { rehearse as ask } from '../core/plan/index.ts';

/**
 * What the rules of this bundle say of a stored event. Text in and out, as the caller may be of another release, whose
 * classes are others: a `Question` as JSON, and a list of `Rehearsed`, or null, as JSON (`core/plan/rehearse.ts`).
 */
export const rehearse = (question: string): string =>
  JSON.stringify(ask(rules, JSON.parse(question)) ?? null);
