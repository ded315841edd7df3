// cspell:ignore caron cedil nrtbf łøđðħıæœþ
/** Whether an API may show the one text where it was sent the other: in another spelling, masked or cut off. */
export function isSameText(sent: string, shown: string): boolean {
  const others = spellingsOf(shown);
  return spellingsOf(sent).some((x) => others.some((y) => isAlike(x, y)));
}

/** A shorter text than this is no beginning of another one: `1` is not what is left of `12`. */
const LEAST_TEXT = 8;

function isAlike(sent: string, shown: string): boolean {
  const [x, y] = [bare(sent), bare(shown)];
  // Nothing but marks is a mask.
  if (x === y || x === '' || y === '' || INSTEAD.test(y)) return true;
  const [first = '', ...more] = shownParts(sent, shown);
  if (more.length > 0 && areInOrder(x, [bare(first), ...more.map(lettersOf)])) return true;
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  return short.length >= LEAST_TEXT && long.includes(short);
}

/** No rule sends these words as a value. */
const INSTEAD = /^(?:redacted|masked)$/;

/** Letters, digits and the sign of a number. */
const bare = (text: string): string => (/^-\d/.test(text) ? '-' : '') + lettersOf(text);

/** Letters and digits alone: without line endings, spaces, quotes, accents and capitals. */
const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    // In this order, `ß` is `ss`. Only the letter at the end of a Greek word has a small form of its own.
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(/[łøđðħıæœþ]/g, (letter) => WITHOUT_ACCENT[letter] ?? letter);

/** Letters that Unicode does not take apart. */
const WITHOUT_ACCENT: Record<string, string> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
};

/** A text as it is, and what it says if some of it is an escape of JSON, of URLs or of HTML. */
const spellingsOf = (text: string): string[] => [
  ...new Set([text, fromJson(text), fromUrl(text), fromHtml(text), fromHtml(fromUrl(fromJson(text)))]),
];

const fromJson = (text: string): string =>
  text.replace(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|[nrtbf])/gu, (_, long?: string, short?: string) =>
    character(Number.parseInt(long ?? short ?? '20', 16)),
  );

const fromUrl = (text: string): string =>
  text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());

const fromHtml = (text: string): string =>
  text
    .replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal = '') =>
      character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replace(/&([a-z])(?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron);/gi, '$1')
    .replace(/&(sz|ae|oe)lig;/gi, (_, letters: string) => (letters === 'sz' ? 'ss' : letters))
    // The others are no letters.
    .replace(/&[a-z]{2,8}\d{0,2};/gi, ' ');

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : ' ');

/** What stands for the part of a text that is not shown, whatever was sent. */
const GAP = /[*•]{2,}|…|\.{3,}/u;

/** A note in brackets. After an opening one, so many characters are read at most. */
const NOTE = /[[({<]{1,2}[^[\](){}<>]{0,40}[\])}>]{1,2}/u;

/** A character that masks, the same one twice (bounded, as the engine's stack is), X in a row, or words of X. */
const MASK =
  /[*•●○◦■□█▪▮\uFFFD]|([^\p{L}\p{N}\s])\1{1,999}|(?<!\p{L})x+(?:[^\p{L}\p{N}]{1,3}x+)+|x{3,}|(?<!\p{L})xx(?!\p{L})|(?<=\p{L})\?|\?(?=\p{L})/u;

const GAPS = new RegExp([GAP, NOTE, MASK].map(({ source }) => source).join('|'), 'giu');

/** A note that stands for a value in every text. */
const HIDING = /^(?:redacted|masked|hidden|filtered|censored|removed|omitted|withheld|truncated)$/;

/**
 * The parts of a text between its gaps. What was sent in the same form is not a gap: `pay -- 1` is not what is left of
 * `pay -- 12`, nor `Smith (John)` of `Smith (Jane)`.
 */
function shownParts(sent: string, shown: string): string[] {
  const own = new Set(marksIn(sent, () => false).map(({ mark }) => formOf(mark)));
  const parts: string[] = [];
  let from = 0;
  for (const { mark, at } of marksIn(shown, (mark) => isGap(mark, own))) {
    if (!isGap(mark, own)) continue;
    parts.push(shown.slice(from, at));
    from = at + mark.length;
  }
  return [...parts, shown.slice(from)];
}

interface Mark {
  mark: string;
  at: number;
}

/** What may be gaps; those in a note as well, unless it is a gap itself. */
function marksIn(text: string, isWhole: (note: string) => boolean): Mark[] {
  const marks: Mark[] = [];
  const gaps = new RegExp(GAPS);
  for (let match = gaps.exec(text); match; match = gaps.exec(text)) {
    const [mark] = match;
    marks.push({ mark, at: match.index });
    if (isNote(mark) && !isWhole(mark)) gaps.lastIndex = match.index + 1;
  }
  return marks;
}

function isGap(mark: string, own: ReadonlySet<string>): boolean {
  const isOwn = own.has(formOf(mark));
  if (isNote(mark)) return HIDING.test(lettersOf(mark)) || (!isOwn && /\p{L}/u.test(mark));
  return !isOwn || GAP.test(mark);
}

const WHOLE_NOTE = new RegExp(`^${NOTE.source}$`, 'u');

const isNote = (mark: string): boolean => WHOLE_NOTE.test(mark);

/** All notes in one kind of brackets have one form. */
const formOf = (mark: string): string => (isNote(mark) ? mark.slice(0, 1) : mark.toLowerCase());

/** Whether the parts are in a text, one behind the other. */
function areInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
