/** SNS refuses empty subjects and attributes, and would still refuse them after a day of retries; no destination is without a name. */
export function nonEmpty(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError(
    'subjects and attributes of announcements, and names of destinations, must be non-empty strings',
  );
}
