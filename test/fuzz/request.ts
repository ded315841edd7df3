import { Webhook } from 'svix';
import type { Random } from './random.ts';

/** A request that is being mutated. */
export interface Draft {
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** How the body is encoded in the event. */
  encoding: 'text' | 'base64';
}

export interface Secrets {
  current: string;
  previous: string;
  strange: string;
}

/** A genuine delivery, signed with one of the accepted secrets. */
export function genuine(random: Random, secrets: Secrets, nowMs: number): Draft {
  const id = `msg_${random.below(1e9)}`;
  const body = Buffer.from(random.pick(BODIES)(random));
  const secret = random.pick([secrets.current, secrets.current, secrets.previous]);
  // Well within the tolerance, because two clocks may disagree at its limit.
  const at = new Date(nowMs + (random.below(561) - 280) * 1000);
  const prefix = random.pick(['svix', 'webhook']);
  const headers = {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
    [`${prefix}-signature`]: new Webhook(secret).sign(id, at, body),
  };
  return { headers, body, encoding: random.pick(['text', 'base64']) };
}

const runComplete = (random: Random, run: object) =>
  JSON.stringify({
    event_id: `event-${random.below(1e9)}`,
    event_type: 'run_complete',
    run: {
      id: `run-${random.below(1e6)}`,
      workflow_id: 'workflow',
      ended_at: '2026-01-01T00:00:00Z',
      ...run,
    },
  });

/** Bodies that a genuine sender might send, well-formed or malformed. */
const BODIES: ((random: Random) => string)[] = [
  (random) =>
    runComplete(random, { status: random.pick(['success', 'error', 'cancelled', 'scheduling', 'odd']) }),
  (random) =>
    runComplete(random, { status: 'success', output_data: { text: 'ä€😀\u2028'.repeat(random.below(9)) } }),
  (random) => runComplete(random, { status: random.below(5) }),
  (random) => JSON.stringify({ event_type: random.pick(['downed_machines', 7, null, '']), run: null }),
  (random) =>
    random.pick(['', '{', 'null', '[]', '"text"', '0', '{"run":[]}', '\ufeff{}', '{"__proto__":{"run":1}}']),
  (random) => '['.repeat(random.below(3000)),
];
