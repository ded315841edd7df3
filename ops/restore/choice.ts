import { SECOND } from '../../lambda/core/model/index.ts';
import type { Call, StageCall } from '../cli/command.ts';
import { isoTime, isRelative, parseSince } from '../cli/time.ts';
import { BadArgumentError } from '../errors.ts';
import { restoredTables } from '../stage/backups.ts';
import { commandLine, type Flags } from '../stage/command-line.ts';
import type { Overwrites } from './copy-back.ts';
import { pointOf } from './point-in-time.ts';
import type { OverwritesErased } from './record.ts';
import { RestoreRefusedError } from './tables.ts';

export interface RestoreOptions {
  to?: string;
  from?: string;
  deleted?: boolean;
  overwrite: Overwrites;
  overwriteErased: OverwritesErased;
}

export type Choice =
  | { kind: 'deleted' }
  /** Epoch milliseconds, in whole seconds: DynamoDB restores to no others. */
  | { kind: 'to'; point: number };

/** @throws BadArgumentError */
export function choiceOf({ io, options }: Call<RestoreOptions>): Choice {
  const { to, from, deleted, overwrite, overwriteErased } = options;
  if (overwriteErased !== 'none' && overwrite === 'nothing')
    throw new BadArgumentError('--overwrite-erased says which events --overwrite is to include', {
      next: 'use it with --overwrite events or --overwrite all',
    });
  if (deleted) {
    if (to === undefined && from === undefined && overwrite === 'nothing') return { kind: 'deleted' };
    const problem =
      '--deleted brings the whole table back, so it takes no --to, no --from and no --overwrite';
    throw new BadArgumentError(problem);
  }
  if (from === '') throw new BadArgumentError('an empty name was given with --from');
  if (to === undefined)
    throw new BadArgumentError('no time was given', {
      next:
        from === undefined
          ? 'name the last moment before the loss with --to, or use --deleted'
          : `say with --to when ${from} was last written: what was done later is not in it`,
    });
  const point = parseSince(to, '--to', io.now());
  if (point > io.now()) throw new BadArgumentError(`--to ${isoTime(point)} is in the future`);
  return { kind: 'to', point: Math.floor(point / SECOND) * SECOND };
}

/** The call that does the same whenever it is made. */
export const absolute = ({ stage, given }: StageCall, point: number, more: Flags = {}): string =>
  commandLine(stage.target, ['restore'], { ...given, to: isoTime(point), ...more });

/**
 * A call that was interrupted goes on with the table that it has made. Repeated with a relative time it would name another
 * moment, so that the choice is left to the person.
 *
 * @throws RestoreRefusedError
 */
export async function checkMoment(call: StageCall<RestoreOptions>, point: number): Promise<void> {
  const { stage, options } = call;
  if (options.from !== undefined || !isRelative(options.to ?? '')) return;
  const tables = await restoredTables(stage);
  const anew = `"${absolute(call, point)}"`;
  if (!tables)
    throw new RestoreRefusedError(
      `--to ${options.to} is another moment at each call, and without dynamodb:ListTables nothing shows whether one was made before`,
      { next: `if this is the first, use ${anew}` },
    );
  const made = tables.map((name) => ({ name, at: pointOf(stage.outputs.tableName, name) }));
  const distance = ({ at }: (typeof made)[number]) => Math.abs(at - point);
  const nearest = made.toSorted((a, b) => distance(a) - distance(b))[0];
  if (!nearest || nearest.at === point) return;
  throw new RestoreRefusedError(
    `--to ${options.to} is another moment at each call, and an earlier one has made ${nearest.name}`,
    {
      next: `go on with that table by "${absolute(call, nearest.at)}", or make one of ${isoTime(point)} by ${anew}`,
    },
  );
}
