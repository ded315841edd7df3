const UUID = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g;

/** Words for people; they may change. */
const TEXTS = new Set(['text', 'next', 'what', 'source', 'component', 'unit', 'subject', 'assumptions']);
/** Figures that differ from run to run, or with a price list. */
const FIGURES = new Set(['duration_ms', 'body_bytes', 'usd', 'quantity', 'total']);
/** The partition of the open index, drawn by lot. */
const SHARD = 'open';
/** Who made a decision: the user of this machine. */
const USER = 'by';

/**
 * A document with names in the place of what differs each time: ids, times, digests, ports; and of texts for people.
 *
 * @param names what to call ids that a test knows
 */
export function normalise(value: unknown, names: ReadonlyMap<string, string> = new Map(), key = ''): unknown {
  if (value !== null && TEXTS.has(key)) return `<${typeof value === 'string' ? 'text' : 'texts'}>`;
  if (key === 'message' && typeof value === 'string') return messageOf(value, names);
  if (key === USER && typeof value === 'string') return '<user>';
  if (key === SHARD && typeof value === 'string') return '<shard>';
  if (typeof value === 'number') return numberOf(value, key);
  if (typeof value === 'string') return textOf(value, names);
  if (Array.isArray(value)) return value.map((entry) => normalise(entry, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [textOf(name, names), normalise(entry, names, name)]),
  );
}

/** What was published is JSON; what an error says is a text. */
function messageOf(text: string, names: ReadonlyMap<string, string>): unknown {
  try {
    return normalise(JSON.parse(text), names);
  } catch {
    return '<text>';
  }
}

function numberOf(value: number, key: string): unknown {
  if (FIGURES.has(key)) return '<number>';
  if (value >= 1e12) return '<milliseconds since 1970>';
  return value >= 1e9 ? '<seconds since 1970>' : value;
}

function textOf(text: string, names: ReadonlyMap<string, string>): string {
  let shown = text;
  for (const [id, name] of names) shown = shown.replaceAll(id, `<${name}>`);
  return shown
    .replace(UUID, '<uuid>')
    .replace(TIME, '<time>')
    .replace(/\b\d{4}-\d\d-\d\d\b/g, '<day>')
    .replace(/\b1[0-9]{12}\b/g, '<milliseconds since 1970>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
    .replace(/#token=[\w-]{43}$/, '#token=<token>')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
}
