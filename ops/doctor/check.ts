import type { Audit } from '../audit/audited.ts';
import { toOperatorError } from '../stage/explain.ts';

/** The result of one check. Field names are part of `--json`. */
export interface Finding {
  /** Short, stable name of what was checked. */
  check: string;
  state: 'ok' | 'info' | 'warning' | 'problem' | 'skipped';
  text: string;
  /** What to do next; set on every warning and problem. */
  next?: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const info = (check: string, text: string): Finding => ({ check, state: 'info', text });
export const skipped = (check: string, text: string): Finding => ({ check, state: 'skipped', text });
export const warning = (check: string, text: string, next: string): Finding => ({
  check,
  state: 'warning',
  text,
  next,
});
export const problem = (check: string, text: string, next: string): Finding => ({
  check,
  state: 'problem',
  text,
  next,
});

/** For the audit; an outcome that is not recorded there changes no finding. */
export const byDoctor = (target: string): Audit<Finding> => ({
  ...{ verb: 'doctor', via: 'command', target },
  result: ({ state }) => state,
  warn: () => undefined,
});

/** A check that cannot be carried out is itself a finding, and does not stop the next one. */
export async function look(check: string, make: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await make()].flat();
  } catch (error) {
    const { problem: text, next = 'fix this, then repeat the command' } = toOperatorError(error);
    return [problem(check, text, next)];
  }
}
