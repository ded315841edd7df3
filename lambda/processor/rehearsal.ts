import { rehearse as ask } from '../core/plan/index.ts';
import { misnamedBy } from '../rules/named.ts';
import { rules } from './rules.ts';

/**
 * What the rules of this bundle say of a stored event. Text in and out, as the caller may be of another release, whose
 * classes are others: a `Question` as JSON, and a list of `Rehearsed`, or null, as JSON (`core/plan/rehearse.ts`).
 */
export const rehearse = (question: string): string =>
  JSON.stringify(ask(rules, JSON.parse(question)) ?? null);

/**
 * What the rules of this bundle name that a stage does not have: the second argument of `misnamedBy` as JSON in, and by the
 * name of the rule, what is wrong, as JSON out.
 */
export function misnamed(stage: string): string {
  const found = [...misnamedBy(rules, JSON.parse(stage))];
  return JSON.stringify(Object.fromEntries(found.map(([rule, { message }]) => [rule, message])));
}
