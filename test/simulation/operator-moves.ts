import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { nextRound } from '../../lambda/core/process/reopen.ts';
import { NoAnswerError, queuePort } from './ports.ts';
import { API_KEY, SECRET_ID } from './rules.ts';
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

  /** A finished event is sent again, or its rules are asked again. */
  async replay(replan: boolean): Promise<void> {
    const world = this.#world;
    const finished = world.table.events().filter(({ state, run_id }) => state === 'processed' && run_id);
    if (finished.length === 0) return;
    const event = world.rng.pick(finished);
    world.move(replan ? 'replan' : 'replay');
    const sandbox = world.newSandbox('o');
    try {
      const again = replan ? { reopen: nextRound(event) } : {};
      const queue = queuePort({ sandbox, attempts: () => 1 }, (message) => world.enqueue(message));
      await queue.send({ v: 1, event: event.event_id, ...again });
    } catch (error) {
      if (!(error instanceof NoAnswerError)) world.unexpected(error);
    }
  }
}
