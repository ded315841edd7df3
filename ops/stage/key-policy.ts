import type { KeyStatement } from '../../lib/encryption/key-statements.ts';
import { isObject, type JsonObject, parseObject } from '../json.ts';
import { isLike, listOf, textsOf } from './policy-text.ts';

/** Wildcards of what is needed, as the single actions that they stand for. */
const SINGLE: Readonly<Record<string, readonly string[]>> = {
  'kms:GenerateDataKey*': ['kms:GenerateDataKey'],
  'kms:ReEncrypt*': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
};

/** Someone who does something with a key, and under which circumstances. */
interface Use {
  principal: Readonly<Record<string, string>>;
  action: string;
  /** Condition key in lower case → value. */
  context: Readonly<Record<string, string>>;
}

/**
 * The statements that the policy of a key lacks. What cannot be judged from here, such as a condition on something unknown,
 * counts as allowed; a Deny is not looked for.
 */
export function missingStatements(policy: string, needed: readonly KeyStatement[]): KeyStatement[] {
  const present = listOf(parseObject(policy)?.Statement).filter(isObject);
  return needed.filter(
    (statement) => !usesOf(statement).every((use) => present.some((one) => allows(one, use))),
  );
}

function usesOf({ Principal: principal, Action, Condition = {} }: KeyStatement): Use[] {
  const conditions = Object.values(Condition).flatMap(Object.entries<string | readonly string[]>);
  const [first = [], ...others] = conditions.map(([key, values]) =>
    [values].flat().map((value) => ({ [key.toLowerCase()]: value.replaceAll('*', 'x') })),
  );
  const contexts =
    conditions.length === 0 ? [{}] : first.map((one) => Object.assign({}, one, ...others.flat()));
  const actions = Action.flatMap((action) => SINGLE[action] ?? [action]);
  return actions.flatMap((action) => contexts.map((context) => ({ principal, action, context })));
}

const allows = (statement: JsonObject, use: Use): boolean =>
  statement.Effect === 'Allow' &&
  isFor(statement, use.principal) &&
  (statement.Action === undefined || textsOf(statement.Action).some((one) => isLike(one, use.action))) &&
  holds(statement.Condition, use.context);

function isFor({ Principal }: JsonObject, needed: Use['principal']): boolean {
  // NotPrincipal, in a statement that allows, names everyone else.
  if (Principal === undefined || Principal === '*') return true;
  if (!isObject(Principal)) return false;
  return Object.entries(needed).every(([kind, name]) => {
    const account = name.split(':')[4];
    return textsOf(Principal[kind]).some((one) => one === '*' || one === name || one === account);
  });
}

const OPERATORS = /^(StringEquals|StringLike|ArnEquals|ArnLike)(IfExists)?$/;

const holds = (condition: unknown, context: Use['context']): boolean =>
  !isObject(condition) ||
  Object.entries(condition)
    .filter(([operator, keys]) => OPERATORS.test(operator) && isObject(keys))
    .flatMap(([, keys]) => Object.entries(keys as JsonObject))
    .every(([key, values]) => {
      const value = context[key.toLowerCase()];
      return value === undefined || textsOf(values).some((pattern) => isLike(pattern, value));
    });
