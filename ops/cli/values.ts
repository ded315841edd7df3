import { InvalidArgumentError } from 'commander';
import { isoTime } from './time.ts';

/** For options that are whole numbers above zero. */
export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number above 0.');
  return Number(text);
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** For ids that Cyberdesk is asked about: it rejects anything else. */
export function uuid(text: string): string {
  const id = text.trim();
  if (isUuid(id)) return id.toLowerCase();
  throw new InvalidArgumentError('Give a UUID, e.g. 1f6d2c3a-0000-4000-8000-000000000001.');
}

/** For rates and minutes: above zero, fractions allowed. */
export function upTo1000(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('Give a number above 0, at most 1000.');
  return value;
}

export const isEmpty = (options: object): boolean =>
  Object.values(options).every((value) => value === undefined);

/** What a filter chooses, in its own words: `state failed, since 2026-11-25T…`; times are epoch milliseconds. */
export function inWords(filter: object, otherwise: string): string {
  const parts = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${typeof value === 'number' ? isoTime(value) : value}`],
  );
  return parts.join(', ') || otherwise;
}
