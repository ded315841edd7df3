import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleEvent } from '../../ops/send/example.ts';
import { post, signedHeaders } from '../../ops/send/post.ts';
import type { LocalRun } from '../running.ts';

const TIMEOUT_MS = 60_000;
const SHOW_LOGS = 'npm start -- --once --logs shows why';

interface ShownEvent {
  readonly state: string;
  readonly reason?: string;
  readonly actions: readonly { rule: string; kind: string; state: string; run_ids: readonly string[] }[];
}

/**
 * Sends one event and follows it to the run that it starts.
 * @returns 0 when there is a follow-up run, 1 when a step fails
 */
export async function sendOnce(run: LocalRun, print: (line: string) => void): Promise<number> {
  if (run.secret === null) throw new Error('the signing secret is empty');
  const event = exampleEvent();
  const body = JSON.stringify(event);
  const sent = await post(run.webhookUrl, body, signedHeaders(run.secret, `msg_${randomUUID()}`, body));
  print(`1. sent       event ${event.event_id} of run ${event.run.id} (success) to ${run.webhookUrl}`);
  print(`2. answered   ${sent.http_status} ${sent.outcome}`);
  if (sent.http_status !== 200) {
    print(`The event was not accepted: ${SHOW_LOGS}`);
    return 1;
  }
  const shown = await settled(run, event.event_id);
  if (shown === undefined) {
    print(`3. stored     but not finished within ${TIMEOUT_MS / 1000} seconds: ${SHOW_LOGS}`);
    return 1;
  }
  print(`3. finished   state ${shown.state}${shown.reason === undefined ? '' : `, reason ${shown.reason}`}`);
  for (const { rule, kind, state, run_ids } of shown.actions) {
    const runs = run_ids.length > 0 ? `, follow-up run ${run_ids.join(', ')}` : '';
    print(`4. action     ${rule}: ${kind} ${state}${runs}`);
  }
  if (shown.state === 'processed' && shown.actions.some(({ run_ids }) => run_ids.length > 0)) return 0;
  print(`No follow-up run was started: check follow-ups.ts; ${SHOW_LOGS}`);
  return 1;
}

async function settled(run: LocalRun, eventId: string): Promise<ShownEvent | undefined> {
  const end = performance.now() + TIMEOUT_MS;
  while (performance.now() < end) {
    const response = await fetch(`${run.url}/_local/events/${eventId}`);
    const shown = (await response.json()) as ShownEvent;
    if (response.status === 200 && !['received', 'processing'].includes(shown.state)) return shown;
    await sleep(25);
  }
  return undefined;
}
