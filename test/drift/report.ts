import { ACCEPTED } from './accepted.ts';
import type { Difference } from './compare.ts';

/** What was there, beyond what we describe, when a person last looked: `test/drift/reviewed.json`. */
export interface Review {
  /** Version of the vendor's package. */
  readonly version: string;
  /** Day of the review, `2026-11-28`. */
  readonly date: string;
  /** Where the vendor has what we do not describe. */
  readonly known: readonly string[];
}

/** What a difference means: something that we use is broken, or that was accepted; something new, or known before. */
export type State = 'breaking' | 'accepted' | 'new' | 'known';

export interface Finding extends Difference {
  readonly state: State;
  /** Why it is accepted. */
  readonly why?: string;
}

export interface Report {
  /** Version of the vendor's package. */
  readonly vendor: string;
  /** Version that our description was last compared with in full. */
  readonly described: string;
  readonly reviewed: Pick<Review, 'version' | 'date'>;
  readonly findings: readonly Finding[];
  /** Accepted differences that no longer exist. */
  readonly settled: readonly string[];
}

/** What the differences mean to us. */
export function judge(
  differences: readonly Difference[],
  { known }: Review,
): Pick<Report, 'findings' | 'settled'> {
  const findings = differences.map((difference): Finding => {
    const { kind, where } = difference;
    if (kind === 'new') return { ...difference, state: known.includes(where) ? 'known' : 'new' };
    const accepted = ACCEPTED.find((each) => each.kind === kind && each.where === where);
    return accepted
      ? { ...difference, state: 'accepted', why: accepted.why }
      : { ...difference, state: 'breaking' };
  });
  const isFound = ({ kind, where }: Pick<Difference, 'kind' | 'where'>) =>
    differences.some((each) => each.kind === kind && each.where === where);
  return { findings, settled: ACCEPTED.filter((each) => !isFound(each)).map(({ where }) => where) };
}

/** The report for people. What is known already is a number, unless all of it is wanted. */
export function render(
  { vendor, described, reviewed, findings, settled }: Report,
  { all = false } = {},
): string {
  const of = (state: State) => findings.filter((finding) => finding.state === state);
  const known = of('known');
  return [
    `PyPI cyberdesk ${vendor} and lambda/cyberdesk/openapi.yaml, which follows ${described}:`,
    '',
    ...section('Gone or changed, and used here', of('breaking')),
    ...section('Gone or changed, and accepted', of('accepted')),
    ...section(`New since the review of ${reviewed.version} on ${reviewed.date}`, of('new')),
    ...settled.map((where) => `No longer different, so it can leave test/drift/accepted.ts: ${where}`),
    ...(all
      ? section('Known, and not described', known)
      : [`Known, and not described: ${known.length} (--all lists them)`]),
  ].join('\n');
}

function section(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [`${title}: nothing`];
  const rows = findings.map(
    ({ kind, where, what, why }) => `  ${kind.padEnd(7)} ${where}: ${what}${why ? ` (${why})` : ''}`,
  );
  return [`${title}: ${findings.length}`, ...rows, ''];
}
