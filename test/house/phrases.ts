// cspell:disable
/**
 * Phrases that a native speaker would not write, each with what to write instead. Single words of this kind are in
 * `cspell.json` (flagWords).
 */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was) none\b/i, 'there is no …, does not exist, is not a valid …'],
  [/\bfor ever\b/i, 'forever'],
  [/\btold\b/i, 'reports, says, is notified'],
  [/\bhears?( of)?\b/i, 'is notified, receives, acts on'],
  [/\ball (is|was) well\b/i, 'no problems found'],
  [/\bwell\?/i, 'healthy?'],
  [/\bis no longer there\b/i, 'no longer exists, has expired, was deleted'],
  [/\bthat there (is|are) not\b/i, 'that does not exist'],
  [/\bwithout a word\b/i, 'silently'],
  [/\bin the midst\b/i, 'in the middle, during'],
  [/\bby (our|its|their) hand\b/i, 'ourselves, explicitly'],
  [/\bhands? empty\b/i, 'say what fails'],
  [
    /\bis no (length|number|address|date|time of|id|region|setting|key|url|arn|name|way that)\b/i,
    'is not a valid …',
  ],
  [/\bis no json\b/i, 'is not valid JSON'],
  [/\bin so many words\b/i, 'explicitly'],
  [/\bmatter of dice\b/i, 'random'],
  [/\bbut for\b/i, 'except for'],
  [/\bhowever many\b/i, 'regardless of how many'],
  [/\bcome(s)? along with\b/i, 'ships with, includes'],
  [/\banswers? (is|are|was|were|gets?|got|has been) lost\b/i, 'the response was lost'],
  [/\b(lost answers?|answers? lost)\b/i, 'a lost response'],
  [/\bwithout an answer\b/i, 'without a response'],
  [/\b(get|gets|got) no answer\b/i, 'gets no response'],
  [/\blook-ups?\b(?!\.ts|-window)/i, 'lookup; the verb is "look up"'],
  [/\btells\b/i, 'shows, reports, says, distinguishes'],
  [/\b(can|cannot|could|does|do|did|to)( not)? tell\b/i, 'shows, knows, decides'],
  [/(?<!of-)\bnobody\b/i, 'no one'],
  [/\b(became|become) of\b/i, 'its outcome'],
  [/\bof late\b/i, 'recent, recently'],
  [/\bgoe?s? on to work\b/i, 'keeps working'],
  [/\bwrong use\b/i, 'usage error'],
  [/\b(keep|keeps) what is assumed\b/i, 'meets our assumptions'],
  [/\bafter so long\b/i, 'after this long'],
  [/\bdoes no harm\b/i, 'is harmless'],
];

export interface Finding {
  /** File and line. */
  readonly at: string;
  readonly phrase: string;
  readonly instead: string;
}

/** Phrases in a text, with the lines they are on. A phrase may be broken over two lines of prose or of a comment. */
export function findPhrases(path: string, text: string): Finding[] {
  const joined = text.replace(/\n[ \t]*(\*|\/\/|>)?[ \t]*/g, (gap) => ` ${' '.repeat(gap.length - 1)}`);
  return PHRASES.flatMap(([pattern, instead]) => {
    const flexible = new RegExp(pattern.source.replaceAll(' ', '\\s+'), `${pattern.flags}g`);
    return [...joined.matchAll(flexible)].map((match) => ({
      at: `${path}:${text.slice(0, match.index).split('\n').length}`,
      phrase: match[0].replace(/\s+/g, ' '),
      instead,
    }));
  });
}
