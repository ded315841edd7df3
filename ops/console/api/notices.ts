import { DAY, FENCE_KEY, type FenceItem } from '../../../lambda/core/model/index.ts';
import { isoTime } from '../../cli/time.ts';
import { look, readPart } from '../../doctor/check.ts';
import { checkDeliveries } from '../../doctor/deliveries.ts';
import { pauseInWords } from '../../events/causes.ts';
import { COMMAND } from '../../stage/command-line.ts';
import type { Stage } from '../../stage/stage.ts';
import { readItem, readPause } from '../../stage/table.ts';
import { polledJson } from '../answer.ts';
import type { Route } from './call.ts';
import { metricsKept } from './metrics-kept.ts';

/** What concerns the whole stage rather than one event. */
export interface Notice {
  kind: 'refused' | 'paused' | 'restored' | 'unread';
  text: string;
  /** When it ends, ISO 8601. */
  until?: string;
  next?: string;
  /** Those in it that can be copied. */
  commands?: string[];
}

export function noticeRoutes(stage: Stage): Record<string, Route> {
  const kept = metricsKept<Notice[]>(stage);
  return {
    'GET notices': async () => {
      const now = Date.now();
      const [deliveries, others] = await Promise.all([
        kept('deliveries', now, () => refused(stage)),
        inTable(stage, now),
      ]);
      return polledJson({ notices: [...deliveries, ...others] });
    },
  };
}

/** What the table says of a pause and a restore. That it cannot be read is a notice as well, and hides no other. */
async function inTable(stage: Stage, now: number): Promise<Notice[]> {
  const { value, unread } = await readPart(
    ['notices', 'Whether calls to Cyberdesk are paused, and whether the table was restored,'],
    () => Promise.all([pausedNow(stage, now), restoredLately(stage, now)]),
    stage,
  );
  return value?.flat() ?? unread.map(({ text, next }) => ({ kind: 'unread', text, ...nextStep(next) }));
}

async function refused(stage: Stage): Promise<Notice[]> {
  const findings = await look('deliveries', () => checkDeliveries(stage), stage);
  return findings
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ text, next }) => ({
      kind: 'refused',
      text: `Deliveries: ${text}`,
      ...(next !== undefined && nextStep(next)),
    }));
}

const nextStep = (next: string) => ({ next, commands: commandsIn(next) });

const commandsIn = (text: string): string[] => text.match(new RegExp(COMMAND, 'g')) ?? [];

async function pausedNow(stage: Stage, now: number): Promise<Notice[]> {
  const pause = await readPause(stage);
  if (pause === undefined || pause.until <= now) return [];
  const why = pause.cause ? `: ${pauseInWords(pause.cause)}` : '';
  return [{ kind: 'paused', text: `Calls to Cyberdesk are paused${why}`, until: isoTime(pause.until) }];
}

/** How long a restore is news, as long as a dead letter lives. */
const NEWS = 14 * DAY;

async function restoredLately(stage: Stage, now: number): Promise<Notice[]> {
  const fence = await readItem<FenceItem>(stage, FENCE_KEY);
  if (fence === undefined || fence.until <= now - NEWS) return [];
  const [point, until] = [fence.from, fence.until].map(isoTime);
  return [
    {
      kind: 'restored',
      text: `The table was restored at ${until} to ${point}: what may have been done between the two is not done again by itself`,
      next: 'see the dead letters with the reason restored, and redrive them',
    },
  ];
}
