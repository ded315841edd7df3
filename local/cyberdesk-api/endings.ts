import { randomUUID } from 'node:crypto';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import type { DownedMachinesEvent, RunCompletedEvent } from '../../lambda/cyberdesk/types.ts';
import { copyJson } from '../../lambda/json/parse.ts';
import { type Delivery, deliver } from './deliver.ts';
import type { Outcome, Settings } from './options.ts';
import { addAttachment, type DownedMachine, type Store, type StoredRun, saveRun } from './store.ts';

export type Endings = ReturnType<typeof createEndings>;

/**
 * Ends runs, on request or by themselves, and announces them and machines that are down where a webhook is set.
 * @param wait waits for milliseconds; rejects when the server closes
 */
export function createEndings(store: Store, settings: Settings, wait: (ms: number) => Promise<void>) {
  const deliveries: Delivery[] = [];
  /** @returns the announcement; undefined where none is sent. @throws Error when the run has ended or is unknown */
  const complete = (runId: string, outcome?: Outcome): Delivery | undefined => {
    const run = store.runs.get(runId);
    if (!run) throw new Error(`there is no run ${runId}`);
    completeRun(store, run, outcome);
    return store.workflows.get(run.workflow_id)?.is_webhooks_enabled ? announce(endOf(run)) : undefined;
  };
  const announce = (event: Delivery['event']): Delivery | undefined => {
    if (!settings.webhook) return undefined;
    const svixId = `msg_${randomUUID().replaceAll('-', '')}`;
    const delivery: Delivery = { svixId, event, attempts: [], state: 'delivering' };
    deliveries.push(delivery);
    deliver(delivery, settings.webhook, wait).catch(() => {
      delivery.state = 'failed';
    });
    return delivery;
  };
  /** Ends a new run later, where the settings say so. */
  const schedule = (run: StoredRun) => {
    const { completeAfterMs, outcome } = settings;
    if (completeAfterMs === undefined) return;
    const end = () => {
      // It may have been ended by a request in the meantime.
      if (!isTerminal(run.status)) complete(run.id, typeof outcome === 'function' ? outcome(run) : outcome);
    };
    wait(completeAfterMs).then(end, () => 'the server is closing');
  };
  const reportDowned = (machines: readonly Partial<DownedMachine>[]) => {
    const event = downOf(machines.length > 0 ? machines : [{}], store.timestamp());
    for (const machine of event.machines) store.downedMachines.set(machine.machine_id, machine);
    return announce(event);
  };
  return { complete, reportDowned, schedule, deliveries };
}

/** Ends a run; `ended_at` is different each time. @throws Error when it has ended already */
function completeRun(store: Store, run: StoredRun, outcome: Outcome = {}): void {
  const { files = [], status = 'success', ...result } = outcome;
  if (isTerminal(run.status))
    throw new Error(`run ${run.id} has already ended, so it has to be retried first`);
  Object.assign(run, { output_data: status === 'success' ? {} : null, ...result });
  run.machine_id ??= randomUUID();
  run.started_at = store.timestamp();
  for (const file of files) addAttachment(store, run, 'output', file);
  run.ended_at = store.timestamp();
  run.status = status;
  saveRun(store, run);
}

const endOf = ({ run_message_history: _history, ...run }: StoredRun): RunCompletedEvent => ({
  event_id: randomUUID(),
  event_type: 'run_complete',
  occurred_at: run.ended_at ?? run.created_at,
  run: copyJson(run),
});

/** What is not said of a machine is made up. */
function downOf(machines: readonly Partial<DownedMachine>[], at: string): DownedMachinesEvent {
  const organization_id = 'org_fake';
  return {
    event_id: randomUUID(),
    event_type: 'downed_machines',
    occurred_at: at,
    organization_id,
    machines: machines.map((machine) => ({
      machine_id: randomUUID(),
      organization_id,
      name: 'A machine of the fake API',
      status: 'disconnected',
      last_seen: at,
      reason: 'disconnected',
      ...machine,
    })),
  };
}
