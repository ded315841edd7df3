import type { PolicyStatement, RoleModel } from '../template/model.ts';
import { record } from '../template/properties.ts';

/**
 * Tells the leading keys of calls apart as far as the policies of a role do: by which of their patterns each matches. There
 * are few answers and many keys, so decisions can be remembered by the answer.
 */
export class KeyPatterns {
  readonly #patterns = new WeakMap<RoleModel, readonly RegExp[] | 'variable'>();

  /** The same text for keys on which the role's policies decide alike. */
  answerFor(role: RoleModel, keys: readonly string[] | undefined): string {
    if (keys === undefined) return 'no keys';
    const patterns = this.#of(role);
    if (patterns === 'variable') return JSON.stringify(keys);
    const matched = keys.map((key) => patterns.map((pattern) => Number(pattern.test(key))).join(''));
    return [...new Set(matched)].sort().join();
  }

  #of(role: RoleModel): readonly RegExp[] | 'variable' {
    const known = this.#patterns.get(role);
    if (known) return known;
    const texts = role.policies.flatMap(({ document }) => document.Statement).flatMap(patternsIn);
    // What a variable of a policy stands for is up to the simulator.
    const found = texts.some((text) => text.includes('${'))
      ? 'variable'
      : texts.flatMap((text) => ['', 'i'].map((flags) => expressionOf(text, flags)));
    this.#patterns.set(role, found);
    return found;
  }
}

/** The values that a statement compares leading keys with. Names of condition keys have no case. */
function patternsIn({ Condition }: PolicyStatement): string[] {
  const operators = Object.values(record(Condition));
  return operators
    .flatMap((operator) => Object.entries(record(operator)))
    .filter(([name]) => name.toLowerCase() === 'dynamodb:leadingkeys')
    .flatMap(([, values]) => [values].flat().map(String));
}

/** As `StringLike` reads it: `*` for any text, `?` for any character. */
function expressionOf(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`);
}
