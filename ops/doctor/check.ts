import { OperatorError } from '../errors.ts';
import { explain } from '../stage/explain.ts';
import { describeFault } from '../stage/faults.ts';

/** What one look has found. Field names are part of `--json`. */
export interface Finding {
  /** Short name of what was looked at, stable. */
  check: string;
  state: 'ok' | 'info' | 'warning' | 'problem' | 'skipped';
  text: string;
  /** What to do next; on every warning and problem. */
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

/** A look that could not be made is a finding of its own, and the next one is made all the same. */
export async function look(check: string, make: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await make()].flat();
  } catch (error) {
    const explained = explain(error);
    const [text, next] = splitAdvice(
      explained instanceof OperatorError ? explained.message : describeFault(explained),
    );
    return [problem(check, text, next)];
  }
}

/** Our own messages say what is wrong, a colon, and what to do. */
function splitAdvice(message: string): [string, string] {
  const at = message.indexOf(': ');
  return at < 0
    ? [message, 'mend this, then repeat the command']
    : [message.slice(0, at), message.slice(at + 2)];
}
