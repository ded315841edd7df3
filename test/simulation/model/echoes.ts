/** The input that holds the key of an action where a rule has named one. */
export const CORRELATE = 'started_by';

const entriesOf = (inputs: unknown): [string, unknown][] => Object.entries(Object(inputs));

const each = (change: (value: unknown, name: string) => unknown) => (inputs: unknown) =>
  Object.fromEntries(entriesOf(inputs).map(([name, value]) => [name, change(value, name)]));

const only = (keeps: (value: unknown, name: string) => boolean) => (inputs: unknown) =>
  Object.fromEntries(entriesOf(inputs).filter(([name, value]) => keeps(value, name)));

const texts = (change: (text: string) => string) =>
  each((value) => (typeof value === 'string' ? change(value) : value));

/** Except for the key. */
const values = (change: (text: string) => string) =>
  each((value, name) => (typeof value === 'string' && name !== CORRELATE ? change(value) : value));

/** Except for the end of a long text. */
function crossedOut(text: string): string {
  const shown = text.length < 12 ? '' : text.slice(-4);
  return text.slice(0, text.length - shown.length).replace(/\S/gu, 'X') + shown;
}

const key = (change: (text: string) => unknown) =>
  each((value, name) => (name === CORRELATE ? change(String(value)) : value));

const isBlank = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const GROUPED = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** How an API may show the inputs of a run; undefined: not at all. */
export const ECHOES = {
  verbatim: (inputs: unknown) => inputs,
  'with defaults': (inputs: unknown) => ({ language: 'en', ...Object(inputs) }),
  'without nulls': only((value) => value !== null),
  'not at all': () => undefined,
  'as null': () => null,
  'as an empty object': () => ({}),
  'as text': (inputs: unknown) => JSON.stringify(inputs),
  'without what is blank': only((value) => !isBlank(value)),
  'with defaults for what is blank': each((value) => (isBlank(value) ? 'none' : value)),
  'with null for what is blank': each((value) => (isBlank(value) ? null : value)),
  'with other line endings': texts((text) => text.replaceAll('\r\n', '\n')),
  'with texts cut off': values((text) => text.slice(0, 12)),
  'with texts crossed out': values(crossedOut),
  'with a note for texts': values(() => '[hidden]'),
  'with texts in capitals': values((text) => text.toUpperCase()),
  'with texts escaped as in JSON': values((text) => JSON.stringify(text).slice(1, -1)),
  'with texts escaped as in URLs': values(encodeURIComponent),
  'with rounded numbers': each((value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value)),
  'with numbers as text': each((value) => (typeof value === 'number' ? String(value) : value)),
  'with numbers grouped': each((value) => (typeof value === 'number' ? GROUPED.format(value) : value)),
  'under other names': (inputs: unknown) =>
    Object.fromEntries(entriesOf(inputs).map(([name, value]) => [name.toUpperCase(), value])),
  'without the key': only((_, name) => name !== CORRELATE),
  'with the key as null': key(() => null),
  'with the key masked': key(() => '***'),
  'with the key cut off': key((text) => text.slice(0, 20)),
  'with the key in quotes': key((text) => `"${text}"`),
  'with something behind the key': key((text) => `${text}-1`),
  'with the key in capitals': key((text) => text.toUpperCase()),
} as const satisfies Record<string, (inputs: unknown) => unknown>;

export type Echo = keyof typeof ECHOES;
