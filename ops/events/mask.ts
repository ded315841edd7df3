/** Fields that are ids, states and times, by their places; whatever stands in a list has the place of the list. */
interface Facts {
  readonly [field: string]: true | Facts;
}

const of = (...names: string[]): Facts => Object.fromEntries(names.map((name) => [name, true]));

/** What the verifier needs, and what lists show. All else is payload. */
const FACTS: Facts = {
  ...of('event_id', 'event_type', 'type', 'occurred_at', 'organization_id'),
  run: {
    ...of('id', 'workflow_id', 'machine_id', 'session_id', 'user_id', 'organization_id', 'status'),
    ...of(
      'created_at',
      'started_at',
      'ended_at',
      'pool_ids',
      'input_attachment_ids',
      'output_attachment_ids',
    ),
    post_run_checks: of('id', 'post_run_check_id', 'type', 'status'),
  },
  machines: of('machine_id', 'organization_id', 'status', 'last_seen'),
};

/** Strings, punctuation, and words or numbers of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g;

interface Container {
  /** What is a fact in it; of a list, in each of its members. */
  readonly facts: true | Facts | undefined;
  readonly isList: boolean;
  /** Of an object: the name whose value comes next. */
  key?: string | undefined;
}

/**
 * The text of a webhook with other values: ids, states and times stay, and so do the names of fields, types, lengths,
 * and the number of digits. Letters become `a` or `A`, digits `1`, and booleans false.
 *
 * @param text valid JSON, of any depth
 */
export function maskPayload(text: string): string {
  const open: Container[] = [];
  return text.replace(TOKEN, (token) => {
    const inner = open.at(-1);
    if (token === ']' || token === '}') open.pop();
    else if (token === '[' || token === '{') open.push(enter(inner, token === '['));
    else if (token === ',' && inner) inner.key = undefined;
    else if (token !== ':' && token !== ',') {
      if (inner && !inner.isList && inner.key === undefined) inner.key = JSON.parse(token);
      else return factsAt(inner) === true ? token : maskScalar(token);
    }
    return token;
  });
}

function enter(around: Container | undefined, isList: boolean): Container {
  const facts = factsAt(around);
  // An object where a plain value is expected may hold anything.
  return { isList, facts: facts === true && !isList ? undefined : facts };
}

function factsAt(place: Container | undefined): true | Facts | undefined {
  if (place === undefined) return FACTS;
  const { facts, isList, key = '' } = place;
  if (isList || facts === undefined || facts === true) return facts;
  return Object.hasOwn(facts, key) ? facts[key] : undefined;
}

function maskScalar(token: string): string {
  if (token.startsWith('"')) return JSON.stringify(maskText(JSON.parse(token)));
  if (token === 'true' || token === 'false') return 'false';
  // The exponent stays: it is a size.
  return token.replace(/^-?[\d.]+/, (digits) => digits.replace(/\d/g, '1'));
}

const DATE = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$/;

function maskText(text: string): string {
  const masked = text.replace(/\p{Nd}/gu, '1');
  // `1111-11-11T11:11:11Z` can still be read as a date.
  if (DATE.test(text)) return masked;
  return masked
    .replace(/\p{Lu}/gu, 'A')
    .replace(/[\p{L}\p{M}]/gu, (letter) => (letter === 'A' ? 'A' : 'a'))
    .replace(/[^\t\n\r -~]/gu, '?');
}
