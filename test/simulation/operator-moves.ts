import { isUndecided } from '../../lambda/core/completion/action-states.ts';
import type { ActionRecord, EventItem } from '../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { type SettlePorts, settle, type Wish } from '../../lambda/core/process/index.ts';
import { nextRound } from '../../lambda/core/process/reopen.ts';
import { LostRaceError, loadEvent } from '../../lambda/core/store/index.ts';
import { apiPort, settingsOf } from './functions.ts';
import { isCompletion } from './model/items.ts';
import type { TableModel } from './model/table.ts';
import { type Caller, NoResponseError, queuePort, secretsPort, tablePort } from './ports.ts';
import { API_KEY, SECRET_ID } from './rules.ts';
import type { Sandbox } from './sandbox.ts';
import { rotateSigningSecret, type Sender } from './sender.ts';
import type { World } from './world.ts';

/** What operators do: deploy, rotate secrets, redrive, replay. */
export class OperatorMoves {
  readonly #world: World;
  readonly #sender: Sender;
  /** Makes values of secrets differ; the first API key is `key-1`. */
  #count = 1;

  constructor(world: World, sender: Sender) {
    this.#world = world;
    this.#sender = sender;
  }

  deploy(): void {
    this.#world.move('deploy');
    this.#world.repaired = true;
    this.#world.api.refused.delete('closed');
  }

  rotateSigningSecret(): void {
    this.#world.move('rotate signing secret');
    this.#count += 1;
    rotateSigningSecret(this.#world, this.#sender, `signing-${this.#count}`);
  }

  rotateApiKey(): void {
    const { api, secrets, scheduler, rng } = this.#world;
    this.#world.move('rotate API key');
    this.#count += 1;
    const key = `key-${this.#count}`;
    secrets.set(API_KEY, key, scheduler.now);
    scheduler.in(rng.between(0, 20 * MINUTE) - 10 * MINUTE, () => {
      api.front.apiKey = key;
    });
  }

  rotateSensitive(): void {
    this.#world.move('rotate sensitive input');
    this.#count += 1;
    this.#world.secrets.set(SECRET_ID, `value-${this.#count}`, this.#world.scheduler.now);
  }

  /** Our command receives, sends and deletes; the AWS console moves. Both pass a message on unchanged. */
  redrive(how: 'command' | 'console'): void {
    const world = this.#world;
    const { deadLetters, scheduler } = world;
    const received = deadLetters.receive(scheduler.now, 10, 30 * SECOND);
    if (received.length > 0) world.move(`redrive by ${how}`);
    const sandbox = world.newSandbox('o');
    for (const { body, handle } of received) {
      const move = () => world.enqueue(body);
      if (how === 'console') {
        move();
        deadLetters.delete(handle);
      } else {
        void sandbox
          .exchange(() => `redrive ${body}`, 'queue', move)
          .then((sent) => {
            if (sent.kind === 'answer')
              return sandbox.exchange(
                () => `delete ${body}`,
                'queue',
                () => void deadLetters.delete(handle),
              );
          });
      }
    }
  }

  /** A person decides about an action with an unknown outcome, while others may redrive its event. */
  async settle(): Promise<void> {
    const world = this.#world;
    const unknown = undecided(world.table);
    if (unknown.length === 0) return;
    const { event, position, action } = world.rng.pick(unknown);
    world.move('settle');
    const sandbox = world.newSandbox('o');
    const ports = this.#settlePorts(sandbox);
    const choice = this.#choose(event, action);
    if (choice.kind === 'run') this.#nameRun(choice.runId);
    if (world.rng.chance(0.5)) this.redrive(world.rng.pick(['command', 'console']));
    try {
      const found = await loadEvent(ports.table, event.event_id);
      if (!found) return;
      // What was read is no longer true, perhaps, when it is decided upon.
      await sandbox.sleep(world.rng.next() ** 2 * 10 * SECOND);
      const planted = world.plant.settler?.(ports, world, found) ?? ports;
      const { kind } = await settle(planted, found, { position, choice, by: 'a person' });
      world.move(`${kind}: ${choice.kind}`);
    } catch (error) {
      if (!(error instanceof NoResponseError || error instanceof LostRaceError)) world.unexpected(error);
    }
  }

  #settlePorts(sandbox: Sandbox): SettlePorts {
    const world = this.#world;
    const caller: Caller = { sandbox, attempts: () => world.attempts() };
    return {
      table: tablePort(caller, world.table),
      system: sandbox.machine,
      queue: queuePort(caller, (message) => {
        world.oracle.onReopen(message);
        world.enqueue(message);
      }),
      cyberdesk: apiPort(world, sandbox, secretsPort(caller, world.secrets)),
      settings: settingsOf(world),
    };
  }

  /**
   * People look first, as far as they can; and they may mistake a run that another action has for the one they look for, or one
   * that has led to the event. (That of a retry is the event's own, and nothing shows whether it was retried.)
   */
  #choose({ run_id }: EventItem, { key, kind }: ActionRecord): Wish['choice'] {
    const { api, table, rng, oracle } = this.#world;
    if (run_id !== undefined && kind !== 'retryRun' && rng.chance(0.1))
      return { kind: 'run', runId: rng.pick([run_id, ...oracle.depths.above(run_id)]) };
    const runs = [...api.runs.values()];
    const taken = runs.filter(({ id }) => table.lineage(id)?.action !== undefined);
    const mistaken = taken.length > 0 && rng.chance(0.2) ? rng.pick(taken).id : undefined;
    const [started] = api.effects.find((effect) => effect.key === key)?.runIds ?? [];
    const runId = mistaken ?? started;
    if (runId !== undefined && rng.chance(0.6)) return { kind: 'run', runId };
    return rng.chance(0.6) ? { kind: 'start_again' } : { kind: 'skip' };
  }

  #nameRun(runId: string): void {
    const { api, oracle } = this.#world;
    const session = api.runs.get(runId)?.session_id;
    oracle.settlements.named.add(runId);
    for (const { id, session_id } of api.runs.values())
      if (session != null && session_id === session) oracle.settlements.named.add(id);
  }

  /** A finished event is sent again, or its rules are asked again. */
  async replay(replan: boolean): Promise<void> {
    const world = this.#world;
    const finished = world.table.events().filter((event) => canBeReplayed(event));
    if (finished.length === 0) return;
    const event = world.rng.pick(finished);
    world.move(replan ? 'replan' : 'replay');
    const sandbox = world.newSandbox('o');
    try {
      const again = replan ? { reopen: nextRound(event) } : {};
      const queue = queuePort({ sandbox, attempts: () => 1 }, (message) => world.enqueue(message));
      await queue.send({ v: 1, event: event.event_id, ...again });
    } catch (error) {
      if (!(error instanceof NoResponseError)) world.unexpected(error);
    }
  }
}

const canBeReplayed = ({ state, reason, type, run_id }: EventItem): boolean =>
  state === 'processed'
    ? run_id !== undefined || type !== 'run_complete'
    : state === 'ignored' && reason === 'unknown_event_type';

/** Actions of failed events that wait for a decision. */
const undecided = (table: TableModel) =>
  [...table.items.values()].filter(isCompletion).flatMap(({ owner, actions = [] }) => {
    const event = table.event(owner);
    if (event?.state !== 'failed') return [];
    return actions.flatMap((action, position) => (isUndecided(action) ? [{ event, position, action }] : []));
  });
