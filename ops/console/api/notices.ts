import { isoTime } from '../../cli/time.ts';
import { look } from '../../doctor/check.ts';
import { checkDeliveries } from '../../doctor/deliveries.ts';
import { pauseInWords } from '../../events/causes.ts';
import type { Stage } from '../../stage/stage.ts';
import { readPause } from '../../stage/table.ts';
import { polledJson } from '../answer.ts';
import type { Route } from './call.ts';
import { metricsKept } from './metrics-kept.ts';

/** What concerns the whole stage rather than one event. */
export interface Notice {
  kind: 'refused' | 'paused';
  text: string;
  /** When it ends, ISO 8601. */
  until?: string;
  next?: string;
}

export function noticeRoutes(stage: Stage): Record<string, Route> {
  const kept = metricsKept<Notice[]>(stage);
  return {
    'GET notices': async () => {
      const now = Date.now();
      const [paused, deliveries] = await Promise.all([
        pausedNow(stage, now),
        kept('deliveries', now, () => refused(stage)),
      ]);
      return polledJson({ notices: [...deliveries, ...paused] });
    },
  };
}

async function refused(stage: Stage): Promise<Notice[]> {
  const findings = await look('deliveries', () => checkDeliveries(stage));
  return findings
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ text, next }) => ({
      kind: 'refused',
      text: `Deliveries: ${text}`,
      ...(next !== undefined && { next }),
    }));
}

async function pausedNow(stage: Stage, now: number): Promise<Notice[]> {
  const pause = await readPause(stage);
  if (pause === undefined || pause.until <= now) return [];
  const why = pause.cause ? `: ${pauseInWords(pause.cause)}` : '';
  return [{ kind: 'paused', text: `Calls to Cyberdesk are paused${why}`, until: isoTime(pause.until) }];
}
