import { MINUTE, SECOND } from '../../../lambda/core/model/index.ts';
import type { Stage } from '../../stage/stage.ts';

/**
 * Keeps what was read from metrics for a minute, as CloudWatch charges for each metric that is read; of the local run for a second.
 *
 * @returns a function that reads, unless the same key was read last and is still kept
 */
export function metricsKept<T>({ isLocal }: Stage) {
  let kept: { key: string; at: number; value: Promise<T> } | undefined;
  return (key: string, now: number, read: () => Promise<T>): Promise<T> => {
    if (kept?.key === key && now - kept.at <= (isLocal ? SECOND : MINUTE)) return kept.value;
    const value = read();
    kept = { key, at: now, value };
    // After a failure the next call tries again.
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}
