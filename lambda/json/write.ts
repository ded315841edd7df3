/** The text of what has been parsed. `JSON.stringify` gives up on values that are nested a few thousand levels deep. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [...pieces(value)].join('');
  }
}

/** A value that is still to be written, or text that is. */
type Piece = { value: unknown } | string;

function* pieces(whole: unknown): Generator<string> {
  const left: Piece[] = [{ value: whole }];
  for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
    if (typeof piece === 'string') yield piece;
    else if (isContainer(piece.value)) left.push(...partsOf(piece.value).reverse());
    else yield JSON.stringify(piece.value);
  }
}

/** Whatever has a `toJSON` says itself how it is written. */
const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function');

function partsOf(container: object): Piece[] {
  const isList = Array.isArray(container);
  const parts = Object.entries(container).flatMap(([name, value], index): Piece[] => [
    `${index > 0 ? ',' : ''}${isList ? '' : `${JSON.stringify(name)}:`}`,
    { value },
  ]);
  return [isList ? '[' : '{', ...parts, isList ? ']' : '}'];
}
