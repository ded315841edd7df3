import { SECOND } from '../../lambda/core/model/index.ts';
import type { Call } from '../cli/command.ts';
import { isoTime, parseSince } from '../cli/time.ts';
import { BadArgumentError } from '../errors.ts';
import type { Overwrites } from './copy-back.ts';
import type { OverwritesErased } from './record.ts';

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
