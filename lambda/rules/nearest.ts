/**
 * The word that was probably meant: the nearest of those that are known, if it is near enough to be a slip.
 *
 * @returns Undefined if none is.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let found: { name: string; slips: number } | undefined;
  for (const name of known) {
    const slips = slipsBetween(word.toLowerCase(), name.toLowerCase());
    const most = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (slips <= most && slips < (found?.slips ?? Number.POSITIVE_INFINITY)) found = { name, slips };
  }
  return found?.name;
}

/** Letters that are added, left out or replaced, and neighbours that are swapped, between two words. */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const slips = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      rows[row]?.push(slips);
    }
  }
  return at(one.length, other.length);
}

/** The end of a message about a word that is not known. */
export function remedy(word: string, known: Iterable<string>, otherwise: string): string {
  const meant = nearest(word, known);
  return meant === undefined ? otherwise : `did you mean "${meant}"?`;
}
