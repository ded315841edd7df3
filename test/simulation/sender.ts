import { Webhook } from 'svix';
import { authenticate } from '../../lambda/core/authenticate/authenticate.ts';
import { HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { receive } from '../../lambda/core/receive/receive.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { NoResponseError, queuePort, secretsPort, tablePort } from './ports.ts';
import { SIGNING_SECRET, type World } from './world.ts';

/** Svix's own schedule. */
const RETRIES = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

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
  announce(run: ModelRun, { n, noEnd, eventId }: { n: number; noEnd: boolean; eventId?: string }): void {
    this.#count += 1;
    const body = Buffer.from(
      JSON.stringify({
        event_id: eventId ?? `event-${this.#count}`,
        event_type: 'run_complete',
        run: {
          id: run.id,
          workflow_id: run.workflow_id,
          status: run.status,
          ...(!noEnd && { ended_at: run.ended_at }),
          output_data: { n },
          output_attachment_ids: ['file-1', 'file-2'],
        },
      }),
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
      if (isOver) return;
      isOver = true;
      if (!ok) again();
    };
    sandbox.onDeath = () => end(false);
    // Svix gives up after 15 s; the function has been ended by then.
    world.scheduler.in(12 * SECOND, () => {
      if (isOver) return;
      if (!sandbox.isFrozen || world.rng.chance(0.3)) sandbox.die();
      else end(false);
    });
    void this.#take(verifier, delivery, this.keys).then((status) => {
      if (sandbox.isDead) return;
      // The answer itself may be lost on its way.
      const isLost = !world.profile.fixed && world.rng.chance(0.02);
      world.note(sandbox.name, () => `answers ${status}${isLost ? ', which is lost' : ''}`);
      world.verifiers.push(verifier);
      end(status === 200 && !isLost);
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
    { sandbox, secrets }: ReturnType<World['verifier']>,
    { svixId, body }: Sender['sent'][number],
    keys: string[],
  ): Promise<number> {
    const world = this.#world;
    const now = new Date();
    const signature = keys.map((key) => new Webhook(key).sign(svixId, now, body)).join(' ');
    const headers = { id: svixId, timestamp: String(Math.floor(now.getTime() / 1000)), signature };
    const secretsOf = secretsPort(sandbox, world.secrets);
    const { signingSecret } = world.plant;
    const asked = {
      get: async (...args: Parameters<typeof secretsOf.get>) => {
        const found = await secretsOf.get(...args);
        return signingSecret && found.kind === 'found'
          ? { ...found, value: signingSecret(found.value) }
          : found;
      },
    };
    try {
      const verdict = await authenticate(secrets, asked, headers, body);
      if (verdict.kind === 'not_configured') return 503;
      if (verdict.kind === 'rejected') return 400;
      const begun = world.oracle.messages.attempt([svixId, JSON.parse(body.toString()).event_id]);
      const ports = {
        table: tablePort(sandbox, world.table),
        queue: queuePort(sandbox, (message) => world.enqueue(message, { by: 'verifier', begun })),
        system: sandbox.system,
      };
      const { event } = await receive(world.plant.verifier?.(ports) ?? ports, { svixId, body }, 90);
      world.oracle.accepted.add(event);
      return 200;
    } catch (error) {
      if (!(error instanceof NoResponseError)) world.unexpected(error);
      return 503;
    }
  }
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
