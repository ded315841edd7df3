import { DAY } from '../../lambda/core/model/index.ts';
import type { StageCall } from '../cli/command.ts';
import { isoTime, isRelative } from '../cli/time.ts';
import { restoredTables } from '../stage/backups.ts';
import { commandLine, type Flags } from '../stage/command-line.ts';
import type { RestoreOptions } from './choice.ts';
import { pointOf } from './point-in-time.ts';
import { RestoreRefusedError } from './tables.ts';

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
      `--to ${options.to} means another moment on every call, and without dynamodb:ListTables nothing shows whether one was made before`,
      { next: `if this is the first, use ${anew}` },
    );
  const made = tables.map((name) => ({ name, at: pointOf(stage.outputs.tableName, name) }));
  const distance = ({ at }: (typeof made)[number]) => Math.abs(at - point);
  const nearest = made.toSorted((a, b) => distance(a) - distance(b))[0];
  if (!nearest || nearest.at === point) return;
  // A table from long ago is what an earlier restore has left; one from today may be of a call that was cut off.
  const [goOn, start] = [
    `go on with that table by "${absolute(call, nearest.at)}"`,
    `make a table of ${isoTime(point)} by ${anew}`,
  ];
  throw new RestoreRefusedError(
    `--to ${options.to} means another moment on every call, and an earlier call has already made ${nearest.name}`,
    { next: distance(nearest) < DAY ? `${goOn}, or ${start}` : `${start}, or ${goOn}` },
  );
}
