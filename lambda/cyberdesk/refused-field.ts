import * as v from 'valibot';

/** The validation errors of the API; their `msg` and `input` may quote a value, so they are not read. */
const Problems = v.object({
  detail: v.pipe(
    v.array(v.object({ loc: v.array(v.union([v.string(), v.number()])), type: v.exactOptional(v.string()) })),
    v.minLength(1),
  ),
});

/** What the API calls a field that the request lacks. */
const MISSING = 'missing';

/** Of a path, in characters: it is stored with each action, and body and path of an answer may be of any length. */
const LONGEST_PATH = 150;
/** In place of the names that are left out. */
const GAP = '.….';

/**
 * The field that a validation error names, such as `input_values.total`, or `input_values.total (missing)`.
 *
 * Only names that the request itself has are passed on, so that no text of the answer is; and the name of a missing
 * field, if it looks like one.
 *
 * @param answer Body of a response with status 422.
 * @param sent Body of the request.
 */
export function refusedField(answer: Uint8Array, sent: string | undefined): string | undefined {
  const problems = v.safeParse(Problems, parse(new TextDecoder().decode(answer)));
  if (!problems.success) return undefined;
  const [{ loc, type } = { loc: [] }] = problems.output.detail;
  const path = loc[0] === 'body' ? loc.slice(1) : loc;
  const known = knownPart(path, parse(sent ?? ''));
  const next = path[known.length];
  const lacks = type === MISSING && known.length === path.length - 1 && isName(next) ? [next] : [];
  const field = shortened([...known, ...lacks]);
  if (field === '') return undefined;
  return type === MISSING ? `${field} (missing)` : field;
}

/** The names of a path, as many as fit from its beginning, and its end, which says most. */
function shortened(path: readonly (string | number)[]): string {
  const whole = path.join('.');
  if (whole.length <= LONGEST_PATH) return whole;
  const end = `${GAP}${path.at(-1)}`;
  let beginning = '';
  for (const step of path) {
    const longer = beginning === '' ? `${step}` : `${beginning}.${step}`;
    if (longer.length + end.length > LONGEST_PATH) break;
    beginning = longer;
  }
  return beginning + end;
}

/** Only names are taken from it, which no parser changes. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The part of a path that leads to something in a body. */
function knownPart(path: readonly (string | number)[], body: unknown): (string | number)[] {
  const known: (string | number)[] = [];
  let at = body;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) break;
    // Some keys are data.
    if (typeof step === 'string' && !isName(step)) break;
    known.push(step);
    at = Reflect.get(at, step);
  }
  return known;
}

const isName = (step: unknown): step is string =>
  typeof step === 'string' && /^[A-Za-z_]\w{0,63}$/.test(step);
