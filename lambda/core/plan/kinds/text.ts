import { writeJson } from '../../../json/write.ts';

/** SNS refuses empty subjects and attributes, and would still refuse them after a day of retries; no destination is without a name. */
export function nonEmpty(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError('subjects, attributes and names of destinations must be non-empty strings');
}

/** An id as it is compared: rules in plain JavaScript may have put anything in its place. */
export const textOf = (value: unknown = ''): string => (typeof value === 'string' ? value : writeJson(value));
