import type { EventDetail } from '../events/view.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';

/** Answers of the endpoint that have one cause. */
const CAUSES: Record<number, string> = {
  400: 'the endpoint does not accept the signature: the secret was changed within the last minutes, or this clock is wrong',
  403: 'this address is not in the allow-list (sourceIpAllowList)',
  413: 'the body is larger than 4 MiB',
};

/** What to do about a test event that was not accepted. */
export function adviceOn(status: number, stage: Stage, event: EventDetail | undefined): string {
  const cause = CAUSES[status];
  if (cause !== undefined) return cause;
  const doctor = `"${commandLine(stage.target, ['doctor'])}" checks every part`;
  if (status !== 503) return `the verifier does not give this answer; ${doctor}`;
  if (!event) return `the endpoint is not ready, and nothing was stored: it is safe to send again; ${doctor}`;
  const replay = commandLine(stage.target, ['events', 'replay', event.event_id]);
  return `the event is stored, but may not be queued: it is safe to send again, as "${replay}" does; ${doctor}`;
}
