import { failed, type Outcome } from './outcome.ts';
import type { Sandbox, SandboxDeps } from './sandbox.ts';

export interface PoolOptions {
  /** Most sandboxes at a time; more invocations wait, where AWS would throttle them. */
  readonly limit: number;
  /** Time after which an idle sandbox ends. */
  readonly idleMs: number;
  launch(deps: Pick<SandboxDeps, 'onEnd' | 'onIdle'>): Sandbox;
}

const STOPPED = failed('stopped', 'Stopped', 'The local run is shutting down.');

/** All sandboxes of one function: one per concurrent invocation, warm ones first. */
export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #sandboxes = new Set<Sandbox>();
  readonly #starting = new Set<Sandbox>();
  readonly #queue: { payload: Buffer; settle: (outcome: Outcome) => void }[] = [];
  readonly #reaper: NodeJS.Timeout;
  #stopped = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#reaper = setInterval(() => this.#reap(), Math.min(options.idleMs, 5000));
    this.#reaper.unref();
  }

  get size(): number {
    return this.#sandboxes.size;
  }

  /** Whether an invocation is waiting or running. */
  get busy(): boolean {
    return this.#queue.length > 0 || [...this.#sandboxes].some((sandbox) => !sandbox.idle);
  }

  /** Invokes the function; never rejects. */
  invoke(payload: Buffer): Promise<Outcome> {
    if (this.#stopped) return Promise.resolve(STOPPED);
    return new Promise((settle) => {
      this.#queue.push({ payload, settle });
      this.#dispatch();
    });
  }

  /** Kills every sandbox, busy or idle; later invocations start new ones. */
  killAll(): void {
    for (const sandbox of this.#sandboxes) sandbox.kill();
  }

  /** Kills the sandboxes and answers waiting invocations with `stopped`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#reaper);
    for (const waiting of this.#queue.splice(0)) waiting.settle(STOPPED);
    if (this.#sandboxes.size === 0) return;
    for (const sandbox of this.#sandboxes) sandbox.kill(STOPPED);
    await this.#ended.promise;
  }

  #dispatch(): void {
    for (;;) {
      const [next] = this.#queue;
      const sandbox = next && this.#warmest();
      if (!next || !sandbox) break;
      this.#queue.shift();
      sandbox.invoke(next.payload).then(next.settle);
    }
    while (this.#queue.length > this.#soon() && this.#sandboxes.size < this.#options.limit) this.#launch();
  }

  /** Sandboxes that are about to ask for work. */
  #soon(): number {
    let count = this.#starting.size;
    for (const sandbox of this.#sandboxes) if (sandbox.finishing) count += 1;
    return count;
  }

  #launch(): void {
    const sandbox: Sandbox = this.#options.launch({
      onIdle: () => {
        this.#starting.delete(sandbox);
        this.#dispatch();
      },
      onEnd: () => this.#onEnd(sandbox),
    });
    this.#sandboxes.add(sandbox);
    this.#starting.add(sandbox);
    sandbox.start().catch(() => this.#onEnd(sandbox));
  }

  #onEnd(sandbox: Sandbox): void {
    const failedToStart = this.#starting.delete(sandbox);
    this.#sandboxes.delete(sandbox);
    // The invocation that it was started for fails with it; otherwise a broken bundle would be started forever.
    if (failedToStart && !this.#stopped) {
      const crash = failed('init', 'Runtime.ExitError', 'Runtime exited during its init phase.');
      this.#queue.shift()?.settle(sandbox.failure ?? crash);
    }
    if (this.#stopped && this.#sandboxes.size === 0) this.#ended.resolve();
    if (!this.#stopped) this.#dispatch();
  }

  #warmest(): Sandbox | undefined {
    let found: Sandbox | undefined;
    for (const sandbox of this.#sandboxes) {
      if (sandbox.idle && (!found || sandbox.idleSince > found.idleSince)) found = sandbox;
    }
    return found;
  }

  #reap(): void {
    const before = performance.now() - this.#options.idleMs;
    for (const sandbox of this.#sandboxes) if (sandbox.idle && sandbox.idleSince < before) sandbox.kill();
  }
}
