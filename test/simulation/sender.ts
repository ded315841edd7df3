import { createHmac } from 'node:crypto';
import { HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { answerWebhook, type Verifier } from '../../lambda/verifier/verifier.ts';
import { BrokenPromiseError } from './broken-promise.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { isExpected } from './ports.ts';
import { Rng } from './rng.ts';
import { SIGNING_SECRET } from './rules.ts';
import type { WarmVerifier, World } from './world.ts';

/** Svix's own schedule. */
const RETRIES = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** How the end of a run is reported. */
interface Announced {
  n: number;
  noEnd: boolean;
  eventId?: string;
  /** A transformation drops a field that is needed, and the message is sent again so long after, when it no longer does. */
  repairedIn?: number | undefined;
}

/** Sends webhooks as Svix does: signed again at each attempt, until there is a 2xx. */
export class Sender {
  /** Keys that sign, newest first; the older one stays for a while after a rotation. */
  keys: string[] = [];
  /** Keys that no longer sign. */
  retired: string[] = [];
  /** Every webhook so far, for resends. */
  readonly sent: { svixId: string; body: Buffer; at: number }[] = [];
  readonly #world: World;
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Reports a run's end. */
  announce(run: ModelRun, { n, noEnd, eventId, repairedIn }: Announced): void {
    this.#count += 1;
    const svixId = `msg-${this.#count}`;
    const event = {
      event_id: eventId ?? `event-${this.#count}`,
      event_type: 'run_complete',
      run: {
        id: run.id,
        workflow_id: run.workflow_id,
        status: run.status,
        ...(!noEnd && { ended_at: run.ended_at }),
        output_data: run.workflow_id === 'first-bulky' ? { n, text: NOISE } : { n },
        output_attachment_ids: ['file-1', 'file-2'],
      },
    };
    const deliver = (content: object) =>
      this.deliver({ svixId, body: Buffer.from(JSON.stringify(content)), at: this.#world.scheduler.now });
    if (repairedIn === undefined) {
      deliver(event);
      return;
    }
    this.#world.move('repaired webhook');
    deliver({ ...event, run: { ...event.run, workflow_id: undefined } });
    this.#world.scheduler.in(repairedIn, () => deliver(event));
  }

  /** Reports what is not the end of a run. */
  report(type: string, payload: object, eventId?: string): void {
    this.#count += 1;
    const body = Buffer.from(
      JSON.stringify({ event_id: eventId ?? `event-${this.#count}`, event_type: type, ...payload }),
    );
    this.deliver({ svixId: `msg-${this.#count}`, body, at: this.#world.scheduler.now });
  }

  deliver(delivery: Sender['sent'][number]): void {
    this.sent.push(delivery);
    this.attempt(delivery, 0);
  }

  attempt(delivery: Sender['sent'][number], number: number): void {
    const world = this.#world;
    const again = () => {
      const delay = RETRIES[number];
      if (delay !== undefined) world.scheduler.in(delay, () => this.attempt(delivery, number + 1));
    };
    const verifier = world.verifier();
    const { sandbox } = verifier;
    let isOver = false;
    const end = (ok: boolean) => {
      timeout.isCancelled = true;
      if (isOver) return;
      isOver = true;
      if (!ok) again();
    };
    // Svix gives up after 15 s; the function has been ended by then.
    const timeout = world.scheduler.in(12 * SECOND, () => {
      if (isOver) return;
      if (!sandbox.isFrozen || world.rng.chance(0.3)) sandbox.die();
      else end(false);
    });
    sandbox.onDeath = () => end(false);
    void this.#take(verifier, delivery, this.keys).then((status) => {
      if (sandbox.isDead) return;
      // The answer itself may be lost on its way.
      const isLost = !world.profile.fixed && world.rng.chance(0.02);
      world.note(sandbox.name, () => `answers ${status}${isLost ? ', which is lost' : ''}`);
      world.verifiers.push(verifier);
      end(status < 300 && !isLost);
    });
  }

  /** An attacker who does not know the secret signs with a guess. */
  async forge(key: string): Promise<void> {
    const world = this.#world;
    const body = Buffer.from(
      '{"event_id":"forged","run":{"id":"x","workflow_id":"first-start","status":"success"}}',
    );
    const status = await this.#take(world.verifier(), { svixId: 'msg-forged', body, at: 0 }, [key]);
    if (status === 200) world.unexpected(new Error('a forged webhook was accepted'));
  }

  async #take(
    verifier: WarmVerifier,
    { svixId, body }: Sender['sent'][number],
    keys: string[],
  ): Promise<number> {
    const world = this.#world;
    const { sandbox, parts } = verifier;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const begun = world.oracle.messages.attempt([svixId, JSON.parse(body.toString()).event_id]);
    verifier.send = (message, isRepeat) => {
      world.enqueue(message);
      if (!isRepeat) world.oracle.onQueued(message, begun);
    };
    const function_: Verifier = {
      ...parts,
      ports: (signal) => planted(world, parts.ports(signal)),
      log: (_level, message, ...facts) => this.#log(sandbox.name, { message, facts: facts[0], body }),
      count: (metric) => world.measure(metric, 1),
    };
    const { statusCode = 500 } = await answerWebhook(function_, {
      headers: {
        'svix-id': svixId,
        'svix-timestamp': timestamp,
        'svix-signature': keys.map((key) => sign(key, svixId, timestamp, body)).join(' '),
      },
      body: body.toString(),
      isBase64Encoded: false,
      requestContext: { http: { sourceIp: '203.0.113.9' } },
    });
    sandbox.rest();
    if (statusCode >= 500) world.measure('5xx Endpoint', 1);
    return statusCode;
  }

  #log(name: string, { message, facts, body }: { message: string; facts: unknown; body: Buffer }): void {
    const world = this.#world;
    if (facts instanceof Error && !isExpected(facts)) world.unexpected(facts);
    const { event_id, outcome }: { event_id?: string; outcome?: string } = Object(facts);
    // What is logged as accepted will be answered with 2xx.
    if (event_id !== undefined && (outcome === 'accepted' || outcome === 'duplicate')) {
      const wrong = world.oracle.onAccepted(event_id, JSON.parse(body.toString()));
      if (wrong !== undefined) world.unexpected(new BrokenPromiseError(wrong));
    }
    world.note(name, () => `${message}: ${String(facts)}`);
  }
}

function planted({ plant }: World, ports: ReturnType<Verifier['ports']>): ReturnType<Verifier['ports']> {
  const { signingSecret, verifier } = plant;
  const { secrets, ...others } = ports;
  return {
    ...(verifier?.(others) ?? others),
    secrets: signingSecret
      ? {
          get: async (...args) => {
            const found = await secrets.get(...args);
            return found.kind === 'found' ? { ...found, value: signingSecret(found.value) } : found;
          },
        }
      : secrets,
  };
}

/** Does not compress, so that an event with it is stored in pieces. */
const NOISE = (() => {
  const rng = new Rng(1);
  return Array.from({ length: 5600 }, () => String.fromCharCode(33 + rng.int(0, 90))).join('');
})();

/** As Svix does, which is slower. */
function sign(key: string, svixId: string, timestamp: string, body: Buffer): string {
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', secret).update(`${svixId}.${timestamp}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}

export const secretOf = (text: string): string =>
  `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`;

/** The operator sets a new signing secret, and Svix signs with both for a while. */
export function rotateSigningSecret(world: World, sender: Sender, name: string): void {
  const key = secretOf(name);
  sender.retired.push(...sender.keys);
  sender.keys = [key, ...sender.keys.slice(0, 1)];
  world.scheduler.in(world.rng.between(0, 20 * MINUTE), () =>
    world.secrets.set(SIGNING_SECRET, key, world.scheduler.now),
  );
  world.scheduler.in(24 * HOUR, () => {
    sender.keys = [key];
  });
}
