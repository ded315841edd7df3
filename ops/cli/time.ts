import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { BadArgumentError } from '../errors.ts';
import type { Flags } from '../stage/command-line.ts';

const UNITS = new Map([
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
]);
const WEEK = 7 * DAY;

/** ISO 8601 of epoch milliseconds. */
export const isoTime = (at: number): string => new Date(at).toISOString();

/** `in 5m`, `3h ago`, `just now`. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return 'just now';
  const [unit, size] = [...UNITS].findLast(([, ms]) => distance >= ms) ?? ['s', SECOND];
  const text = `${Math.floor(distance / size)}${unit}`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

/** `+0.4 s`, `+12 s`, `+5m`: how long after something else. */
export function after(ms: number): string {
  if (Math.abs(ms) < MINUTE)
    return `${ms < 0 ? '' : '+'}${(ms / SECOND).toFixed(Math.abs(ms) < 10 * SECOND ? 1 : 0)} s`;
  return `${ms < 0 ? '-' : '+'}${relative(-Math.abs(ms), 0).replace(' ago', '')}`;
}

/** A duration: `30m`, `2h`, `7d`. Milliseconds. @throws BadArgumentError */
export function parseDuration(text: string, option: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text.trim()) ?? [];
  if (count === undefined) {
    throw new BadArgumentError(`${option} "${text}" is not a valid duration`, {
      next: 'use e.g. 30m, 2h or 7d',
    });
  }
  return Number(count) * (UNITS.get(unit) ?? WEEK);
}

const RELATIVE = /^\d+[smhdw]$/;

/** Whether a time is given as the distance from now, and so is another one at each call. */
export const isRelative = (text: string): boolean => RELATIVE.test(text.trim());

/** `2h` (ago), `2026-11-25`, `2026-11-25T10:00:00Z`; UTC if not said. Epoch milliseconds. @throws BadArgumentError */
export function parseSince(text: string, option: string, now: number): number {
  const trimmed = text.trim();
  if (isRelative(trimmed)) return now - parseDuration(trimmed, option);
  const date = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i.exec(trimmed);
  const zoned = date?.[4] === undefined && date?.[1] !== undefined ? `${trimmed}Z` : trimmed;
  const at = date ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new BadArgumentError(`${option} "${text}" is not a valid time`, {
      next: 'use e.g. 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z',
    });
  }
  const day = trimmed.slice(0, 10);
  // JavaScript reads 31 November as 1 December.
  if (isoTime(Date.parse(`${day}T00:00:00Z`)).slice(0, 10) !== day)
    throw new BadArgumentError(`${option} "${text}" is not a valid time`, { next: `there is no day ${day}` });
  return at;
}

/** Options whose value is a time. */
const TIMES = ['since', 'until', 'before'];

/** The same options for a call that is made later, which times that count from now would make another one. */
export const asDates = (given: Flags, now: number): Flags =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) =>
      TIMES.includes(name) && typeof value === 'string' && isRelative(value)
        ? [name, isoTime(parseSince(value, `--${name}`, now))]
        : [name, value],
    ),
  );

/** The same of an option that may be left out. @throws BadArgumentError */
export const parseOptionalSince = (text: string | undefined, option: string, now: number) =>
  text === undefined ? undefined : parseSince(text, option, now);

export interface SpanOptions {
  since?: string;
  until?: string;
}

/** A span of time, epoch milliseconds. @throws BadArgumentError if it ends before it begins */
export function parseSpan(options: SpanOptions, now: number): { since?: number; until?: number } {
  const since = parseOptionalSince(options.since, '--since', now);
  const until = parseOptionalSince(options.until, '--until', now);
  if (since !== undefined && until !== undefined && until <= since) {
    throw new BadArgumentError(`--until "${options.until}" is not after --since "${options.since}"`, {
      next: 'give the earlier time as --since',
    });
  }
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
