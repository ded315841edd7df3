import { completedEvent, completeRun, type Outcome } from './complete.ts';
import { type Delivery, deliver, newDelivery } from './deliver.ts';
import type { Settings } from './options.ts';
import { type Store, type StoredRun, TERMINAL } from './store.ts';

/** Ends runs, on request or by themselves, and announces them where a webhook is set. */
export interface Endings {
  /** @returns the announcement; undefined where none is sent. @throws Error when the run has ended or is unknown */
  complete(runId: string, outcome?: Outcome): Delivery | undefined;
  /** Ends a new run later, where the settings say so. */
  schedule(run: StoredRun): void;
  readonly deliveries: readonly Delivery[];
}

/** @param wait waits for milliseconds; rejects when the server closes */
export function createEndings(
  store: Store,
  settings: Settings,
  wait: (ms: number) => Promise<void>,
): Endings {
  const deliveries: Delivery[] = [];
  const complete: Endings['complete'] = (runId, outcome) => {
    const run = store.runs.get(runId);
    if (!run) throw new Error(`there is no run ${runId}`);
    completeRun(store, run, outcome);
    if (!settings.webhook || !store.workflows.get(run.workflow_id)?.is_webhooks_enabled) return undefined;
    const delivery = newDelivery(completedEvent(run));
    deliveries.push(delivery);
    deliver(delivery, settings.webhook, wait).catch(() => {
      delivery.state = 'failed';
    });
    return delivery;
  };
  const schedule = (run: StoredRun) => {
    const { completeAfterMs, outcome } = settings;
    if (completeAfterMs === undefined) return;
    const end = () => {
      // It may have been ended by a request in the meantime.
      if (!TERMINAL.has(run.status)) complete(run.id, typeof outcome === 'function' ? outcome(run) : outcome);
    };
    wait(completeAfterMs).then(end, () => 'the server is closing');
  };
  return { complete, schedule, deliveries };
}
