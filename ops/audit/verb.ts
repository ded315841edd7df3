import { type Command, InvalidArgumentError } from 'commander';
import { type CommandFactory, type StageCall, stageVerb, type Verb } from '../cli/command.ts';
import { warn } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { type Audit, audited } from './audited.ts';

export interface AuditedCall<Options = unknown> extends StageCall<Options> {
  /**
   * Does what the verb is for, on record.
   *
   * @param target what it is done to, in ids and options
   * @param result what came of it, in counts and codes
   * @param leftBehind what it leaves behind if it fails, in ids; undefined if nothing
   * @throws AuditRefusedError before anything is done
   */
  onRecord: <T>(
    target: string,
    work: (stage: AuditedStage) => Promise<T>,
    result?: Audit<T>['result'],
    leftBehind?: Audit<T>['leftBehind'],
  ) => Promise<T>;
}

interface Because {
  because?: string;
}

/** The command of a verb that changes a stage or shows a payload: it has no other way to either. */
export const auditedVerb = <Options>(description: Verb<Options, AuditedCall<Options>>): CommandFactory =>
  stageVerb<Options & Because>({
    ...description,
    options: (command) => {
      description.options?.(command);
      addBecause(command);
    },
    run: (call) => description.run({ ...call, onRecord: recorder(call) }),
  });

const recorder =
  ({ io, stage, verb, options: { because } }: StageCall<Because>): AuditedCall['onRecord'] =>
  (target, work, result, leftBehind) => {
    const about = { verb, via: 'command', target, because, warn: (text: string) => warn(io, text) } as const;
    return audited(stage, { ...about, ...(result && { result }), ...(leftBehind && { leftBehind }) }, work);
  };

/** Where `--reason` chooses by reason code, it cannot be the short form of this one. */
function addBecause(command: Command): void {
  const isTaken = command.options.some(({ long }) => long === '--reason');
  command.option(`${isTaken ? '' : '--reason, '}--because <text>`, 'why, for the audit', because);
}

/** Longest reason, in characters. */
export const LONGEST_REASON = 200;

/** In one line, so that it cannot look like another entry. */
function because(text: string): string {
  const reason = text.trim();
  if (reason.length > LONGEST_REASON || !/^[^\p{C}]+$/u.test(reason))
    throw new InvalidArgumentError(`Give one line of at most ${LONGEST_REASON} characters.`);
  return reason;
}
