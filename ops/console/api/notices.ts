import { MINUTE, SECOND } from '../../../lambda/core/model/index.ts';
import { isoTime } from '../../cli/time.ts';
import { look } from '../../doctor/check.ts';
import { checkDeliveries } from '../../doctor/deliveries.ts';
import { pauseInWords } from '../../events/causes.ts';
import type { Stage } from '../../stage/stage.ts';
import { readPause } from '../../stage/table.ts';
import { polledJson } from '../answer.ts';
import type { Route } from './call.ts';

/** What concerns the whole stage rather than one event. */
export interface Notice {
  text: string;
  next?: string;
}

/** How long the answer about deliveries is kept, milliseconds: CloudWatch charges for each metric that is read. */
const keptFor = ({ isLocal }: Stage): number => (isLocal ? SECOND : MINUTE);

export function noticeRoutes(stage: Stage): Record<string, Route> {
  let kept: { at: number; notices: Promise<Notice[]> } | undefined;
  return {
    'GET notices': async () => {
      const now = Date.now();
      if (kept === undefined || now - kept.at > keptFor(stage)) kept = { at: now, notices: refused(stage) };
      const [paused, deliveries] = await Promise.all([pausedNow(stage, now), kept.notices]);
      return polledJson({ notices: [...deliveries, ...paused] });
    },
  };
}

async function refused(stage: Stage): Promise<Notice[]> {
  const findings = await look('deliveries', () => checkDeliveries(stage));
  return findings
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ text, next }) => ({ text: `Deliveries: ${text}`, ...(next !== undefined && { next }) }));
}

async function pausedNow(stage: Stage, now: number): Promise<Notice[]> {
  const pause = await readPause(stage);
  if (pause === undefined || pause.until <= now) return [];
  const why = pause.cause ? `: ${pauseInWords(pause.cause)}` : '';
  return [{ text: `Calls to Cyberdesk are paused until ${isoTime(pause.until)}${why}` }];
}
