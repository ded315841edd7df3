import { costOfEvents, type LoadOptions, total } from './estimate.ts';
import type { FunctionPart, Parts } from './parts.ts';
import type { Prices } from './prices.ts';

/** Something that changes what events cost. Field names are part of `--json`. */
export interface Lever {
  lever: string;
  /** What to change. */
  change: string;
  /** US dollars less for this load; 0 if it is done already. */
  saves: number;
}

interface Change {
  lever: string;
  change: string;
  parts?: (parts: Parts) => Partial<Parts>;
  load?: Partial<LoadOptions>;
}

const withMemory =
  (service: string, memoryGb: number) =>
  ({ functions }: Parts): Partial<Parts> => ({
    functions: functions.map((one) =>
      one.service === service ? { ...one, memoryGb: Math.min(one.memoryGb, memoryGb) } : one,
    ),
  });

const untraced = (one: FunctionPart): FunctionPart => ({ ...one, traced: false });

const CHANGES: readonly Change[] = [
  {
    lever: 'all of economy',
    change: "profile: 'economy', which pulls all levers with that word",
    parts: economy,
  },
  {
    lever: 'bodies (economy)',
    change: 'retention.bodyDays: 30, with two more calls of the verifier for each event',
    parts: ({ retention }) => ({
      retention: { ...retention, bodyDays: Math.min(30, retention.bodyDays) },
    }),
  },
  {
    lever: 'recovery (economy)',
    change: 'pointInTimeRecovery: false',
    parts: () => ({ pointInTimeRecovery: false }),
  },
  { lever: 'batches (economy)', change: 'messages wait up to 2 s for others', parts: gathered },
  { lever: 'memory of the verifier (economy)', change: '512 MB', parts: withMemory('verifier', 0.5) },
  { lever: 'memory of the processor', change: '320 MB', parts: withMemory('processor', 0.3125) },
  {
    lever: 'traces',
    change: "tracing: 'off'",
    parts: ({ functions }) => ({ functions: functions.map(untraced) }),
  },
  { lever: 'publications', change: 'no rule publishes each event', load: { publishes: false } },
  { lever: 'smaller bodies', change: 'of 1 KB: outputs with what follow-ups need', load: { bytes: 1024 } },
];

function gathered({ batch }: Parts): Partial<Parts> {
  return { batch: { ...batch, windowSeconds: Math.max(batch.windowSeconds, 2) } };
}

/** All that the profile changes, and logs for 30 days. */
function economy(parts: Parts): Partial<Parts> {
  const now: Parts = { ...parts, logDays: Math.min(30, parts.logDays) };
  for (const { lever, parts: change } of CHANGES)
    if (lever.endsWith('(economy)')) Object.assign(now, change?.(now));
  return now;
}

/** What each lever saves by itself, the largest first. */
export function leversOf(parts: Parts, load: LoadOptions, prices: Prices): Lever[] {
  const now = total(costOfEvents(parts, load, prices));
  const levers = CHANGES.map(({ lever, change, ...to }): Lever => {
    const changed = { ...load, ...to.load, bytes: Math.min(load.bytes, to.load?.bytes ?? load.bytes) };
    const then = total(costOfEvents({ ...parts, ...to.parts?.(parts) }, changed, prices));
    return { lever, change, saves: Math.max(0, now - then) };
  });
  return levers.sort((a, b) => b.saves - a.saves);
}
