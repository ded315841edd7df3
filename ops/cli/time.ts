import { BadArgumentError } from '../errors.ts';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `in 5m`, `3h ago`, `just now`: two figures at most. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5000) return 'just now';
  const [unit, size] =
    (Object.entries(UNITS) as [string, number][])
      .filter(([name]) => name !== 'w')
      .findLast(([, ms]) => distance >= ms) ?? (['s', 1000] as const);
  const text = `${Math.floor(distance / size)}${unit}`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

/** `+0.4 s`, `+12 s`, `+5m`: how long after something else. */
export function after(ms: number): string {
  if (Math.abs(ms) < 60_000)
    return `${ms < 0 ? '' : '+'}${(ms / 1000).toFixed(Math.abs(ms) < 10_000 ? 1 : 0)} s`;
  return `${ms < 0 ? '-' : '+'}${relative(-Math.abs(ms), 0).replace(' ago', '')}`;
}

/**
 * A length of time: `30m`, `2h`, `7d`. Milliseconds.
 *
 * @throws BadArgumentError
 */
export function parseDuration(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,6})(s|m|h|d|w)$/.exec(text.trim()) ?? [];
  if (count === undefined)
    throw new BadArgumentError(`${option} "${text}" is no length of time: give one like 30m, 2h or 7d`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/**
 * A point in time: `2h` (ago), `2026-11-25`, `2026-11-25T10:00:00Z`. A time without zone is UTC. Epoch milliseconds.
 *
 * @throws BadArgumentError
 */
export function parseSince(text: string, option: string, now: number): number {
  const trimmed = text.trim();
  if (/^\d+(s|m|h|d|w)$/.test(trimmed)) return now - parseDuration(trimmed, option);
  const date = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i.exec(trimmed);
  const zoned = date?.[4] === undefined && date?.[1] !== undefined ? `${trimmed}Z` : trimmed;
  const at = date ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new BadArgumentError(
      `${option} "${text}" is no time: give one like 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z`,
    );
  }
  const day = trimmed.slice(0, 10);
  // JavaScript takes 31 November for 1 December.
  if (new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) {
    throw new BadArgumentError(`${option} "${text}": there is no day ${day}; give one that the calendar has`);
  }
  return at;
}

/**
 * Refuses a span of time that ends before it begins.
 *
 * @throws BadArgumentError
 */
export function checkSpan({ since, until }: { since?: string; until?: string }, now: number): void {
  if (since === undefined || until === undefined) return;
  if (parseSince(until, '--until', now) > parseSince(since, '--since', now)) return;
  throw new BadArgumentError(
    `--until "${until}" is not after --since "${since}": give the earlier time as --since`,
  );
}
