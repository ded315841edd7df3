import { plural } from '../cli/plural.ts';
import { isoTime } from '../cli/time.ts';

/** What a trial has started, as far as that is known. */
export interface Started {
  /** Epoch milliseconds. */
  since: number;
  /** Runs that are marked in the stage's table. */
  marked: string[];
  /** Runs that a response has named, and that are not marked there. */
  unmarked: string[];
  /** Requests that may have started a run that no response has named. */
  unnamed: number;
}

export const nothingStarted = (since: number): Started => ({ since, marked: [], unmarked: [], unnamed: 0 });

/** For the audit. @param unnamed Requests that may have started a run that no response has named. */
export const startedInBrief = (ids: readonly string[], unnamed = 0): string =>
  [`${plural(ids.length, 'run')} started`, ...ids, ...(unnamed > 0 ? [`up to ${unnamed} unnamed`] : [])].join(
    ' ',
  );

interface About {
  stage: string;
  workflow: string;
  correlate?: string | undefined;
  /** Whether webhooks announce the ends of the runs. */
  isSeen: boolean;
}

/** Notes, and a warning about runs that the rules may act on. */
interface Said {
  notes: string[];
  warning?: string;
}

/** What to say of the runs of a trial when it ends. */
export function startedInWords({ since, marked, unmarked, unnamed }: Started, about: About): Said {
  const of = (runs: number) => (runs === 1 ? ONE : MANY);
  const unknown = `up to ${plural(unnamed, 'run')} may have been started that no response has named`;
  const others = [
    ...(unmarked.length > 0 ? [`${wereStarted(unmarked)}: ${fateOf(of(unmarked.length), about)}`] : []),
    ...(unnamed > 0 ? [`${unknown}: ${fateOf(of(unnamed), about)}`] : []),
  ];
  const { are, ends } = of(marked.length);
  const notes =
    marked.length > 0 ? [`${wereStarted(marked)}: ${are} marked, so no rule is asked about ${ends}`] : [];
  if (others.length === 0 || !mayAct(about)) return { notes: [...notes, ...others] };
  const look = `look at the runs of workflow ${about.workflow} since ${isoTime(since)} at Cyberdesk`;
  const next = `${look}. With --correlate, an input marks each run from its start`;
  return { notes, warning: `${others.join('; ')}: ${next}` };
}

const ONE = { are: 'it is', them: 'it', ends: 'its end' };
const MANY = { are: 'they are', them: 'them', ends: 'their ends' };

const wereStarted = (ids: readonly string[]): string =>
  `${ids.length === 1 ? 'run' : 'runs'} ${ids.join(' and ')} ${ids.length === 1 ? 'was' : 'were'} started`;

const mayAct = ({ isSeen, correlate }: About): boolean => isSeen && correlate === undefined;

/** What the rules do with runs that are not marked in the table. */
function fateOf({ are, them, ends }: typeof ONE, { stage, isSeen, correlate }: About): string {
  if (!isSeen) return `the workflow sends no webhooks, so no rule sees ${them}`;
  if (correlate !== undefined)
    return `${are} marked by the input ${correlate}, so the rules do not act on ${them}`;
  return `${are} not marked, so the rules of ${stage} act on ${ends}`;
}
