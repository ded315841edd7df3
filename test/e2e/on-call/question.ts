import type { Finding } from '../../../ops/doctor/check.ts';

/** What a verb or a tool is given, by the names of the tool. */
export type Given = Readonly<Record<string, string | true>>;

/** About one part of the doctor's findings. */
export interface AboutPart {
  readonly kind: 'doctor';
  readonly check: string;
  /** How far the clock of the one who asks is ahead, milliseconds. */
  readonly ahead?: number;
  readonly probe?: true;
  /** What it says is no finding, and has its advice in its text. */
  readonly isHint?: true;
}

/** What is asked about a fault; a verb and the tool of the same name are asked the same. */
export type Question = AboutPart | { readonly kind: 'tool'; readonly name: string; readonly given: Given };

/** What was answered: by whom, what is wrong, and what to do. */
export interface Answer {
  readonly who: string;
  readonly said: string;
  readonly next: string;
}

/** The words of the verb that a tool stands for. */
export const wordsOf = (name: string, given: Given): string[] => [
  ...name.split('_'),
  ...Object.entries(given).flatMap(([option, value]) => {
    if (name === 'events_show') return String(value);
    return value === true ? `--${option}` : [`--${option}`, value];
  }),
];

/** The findings of the doctor about one part, one below the other. */
export function findingsAbout(
  { check, isHint }: AboutPart,
  findings: readonly Finding[],
): Omit<Answer, 'who'> {
  const about = findings.filter((finding) => finding.check === check);
  const serious = findings.filter(({ state }) => state === 'problem' || state === 'warning');
  const said = about.map(({ text }) => text).join('\n');
  // One that stands beside others counts, too: it is what a person reads.
  const advising = [...about, ...(about.length > 0 ? [] : serious)];
  return { said, next: isHint ? said : advising.map(({ next = '' }) => next).join('\n') };
}

/** Every value of a document with its name, one below the other: what an agent can read in it. */
export function valuesOf(document: unknown, name = ''): string[] {
  if (typeof document !== 'object' || document === null) return [`${name}: ${document}`];
  return Object.entries(document).flatMap(([key, value]) =>
    valuesOf(value, Array.isArray(document) ? name : key),
  );
}
