import type { Audit } from '../audit/audited.ts';
import { AwsRefusedError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { toOperatorError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';

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

/**
 * A check that cannot be carried out is itself a finding, and does not stop the next one.
 *
 * @param stage that it is about, once there is one: the local run answers in the place of AWS
 */
export async function look(
  check: string,
  make: () => Promise<Finding | Finding[]>,
  stage?: Asked,
): Promise<Finding[]> {
  try {
    return [await make()].flat();
  } catch (error) {
    const { text, next } = reasonOf(error, stage);
    return [problem(check, text, next)];
  }
}

/** What one part of a check has read. If it could not, that is a finding beside those of the other parts. */
export type Part<T> = { value: T; unread: [] } | { value?: undefined; unread: [Finding & { next: string }] };

/**
 * Reads one part of a check. A part that cannot be read hides nothing that the others say.
 *
 * @param what was to be read, as the subject of a sentence
 */
export async function readPart<T>(
  [check, what]: readonly [check: string, what: string],
  read: () => Promise<T>,
  stage?: Asked,
): Promise<Part<T>> {
  try {
    return { value: await read(), unread: [] };
  } catch (error) {
    const { text, next } = reasonOf(error, stage);
    const unread = { check, state: 'warning', text: `${what} could not be read: ${text}`, next } as const;
    return { unread: [unread] };
  }
}

/** Where a check asks: the local run answers in the place of AWS. */
type Asked = Pick<Stage, 'isLocal' | 'localUrl' | 'target'>;

/** Why something could not be done, and what to do about it. */
export function reasonOf(error: unknown, stage?: Asked): { text: string; next: string } {
  const explained = toOperatorError(error);
  const { problem: text, next = 'fix this, then repeat the command' } = explained;
  const isOfLocalRun = stage?.isLocal === true && explained instanceof AwsRefusedError;
  return { text, next: isOfLocalRun ? restart(stage) : next };
}

const restart = ({ localUrl, target }: Omit<Asked, 'isLocal'>): string =>
  `the local run answers in the place of AWS: see whether a fault is planted (curl ${localUrl}/_local/faults) and what it says (${commandLine(target, ['logs'])}), or restart "npm start"`;
