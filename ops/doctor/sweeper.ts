import { DAY, MINUTE, SWEEP_KEY, type SweepItem } from '../../lambda/core/model/index.ts';
import { isoTime, relative } from '../cli/time.ts';
import { isObject } from '../json.ts';
import { type LogLine, logsOf } from '../logs/read-logs.ts';
import { commandLine } from '../stage/command-line.ts';
import { lastWritten } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';
import { readItem } from '../stage/table.ts';
import { type Finding, info, ok, problem, readPart, warning } from './check.ts';

const check = 'sweeper';
/** It runs every 15 minutes, and CloudWatch is a few minutes behind: after this, two sweeps are missing. */
const LATE = 45 * MINUTE;

/**
 * Whether the sweeper runs, and to its end: it sends messages again that were lost, and nothing else notices them before
 * a person does.
 */
export async function checkSweeper(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const part = <T>(what: string, read: () => Promise<T>) => readPart([check, what], read, stage);
  // A sweep that can read nothing fails before it reports.
  const failure = await part('whether the last sweep failed', () => lastFailure(stage, now));
  if (failure.value !== undefined) {
    const text = `the last sweep failed${failure.value}, so lost messages may not be sent again`;
    return [
      warning(check, text, `${commandLine(stage.target, ['logs'])} shows its error; fix what it names`),
    ];
  }
  const last = await part('when the last sweep was', () =>
    lastWritten(stage, 'OldestUnfinishedEventAge', now),
  );
  if (last.unread.length > 0) return [...failure.unread, ...last.unread];
  const judged = await part('whether the last sweep stopped early', () => judge(stage, last.value, now));
  return [...(judged.value ? [judged.value] : judged.unread), ...failure.unread];
}

/** @param last when a sweep has last reported */
async function judge(stage: Stage, last: number | undefined, now: number): Promise<Finding> {
  if (last === undefined && now - stage.since < LATE)
    return info(check, 'it has not run yet: the first sweep is 15 minutes after the start');
  if (last === undefined || now - last > LATE) return missing(stage, last, now);
  const at = relative(Math.min(last, now), now);
  const { cursors = {} } = (await readItem<SweepItem>(stage, SWEEP_KEY)) ?? {};
  const left = Object.keys(cursors).length;
  return left > 0
    ? info(
        check,
        `the last sweep (${at}) stopped early, as so many events are unfinished; the next continues`,
      )
    : ok(check, `the last sweep was ${at}, and looked at all unfinished events`);
}

function missing(
  { isLocal, localUrl, since, target }: Stage,
  last: number | undefined,
  now: number,
): Finding {
  const from = last ?? (now - since < DAY ? since : undefined);
  const when = from === undefined ? 'in 24 hours' : `since ${isoTime(from)} (${relative(from, now)})`;
  return problem(
    check,
    `the sweeper has not run ${when}: messages that were lost are not sent again`,
    isLocal
      ? `run it now: curl -X POST ${localUrl}/_local/sweep; if it fails: ${commandLine(target, ['logs'])}`
      : `see whether its rule in the EventBridge console is enabled, and what it has logged: ${commandLine(target, ['logs'], { since: '1d' })}`,
  );
}

/** The class of the error, in brackets, if the newest line about the end of a sweep is about a failure. */
async function lastFailure(stage: Stage, now: number): Promise<string | undefined> {
  const read = await logsOf(stage, { function: 'sweeper', since: now - LATE });
  const ends = (await read()).flatMap(({ line }: LogLine) =>
    isObject(line) && (line.level === 'ERROR' || line.message === 'sweep finished') ? [line] : [],
  );
  const { level, error } = ends.at(-1) ?? {};
  if (level !== 'ERROR') return undefined;
  return isObject(error) && typeof error.name === 'string' ? ` (${error.name})` : '';
}
