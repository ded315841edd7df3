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

const CRASH = failed('init', 'Runtime.ExitError', 'Runtime exited during its init phase.');
/** Longer than the ten seconds of Lambda, as this machine may be busy. */
const LONGEST_INIT_MS = 30_000;

/** All sandboxes of one function: one per concurrent invocation, warm ones first. */
export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #sandboxes = new Set<Sandbox>();
  readonly #starting = new Set<Sandbox>();
  /** They have old code, and end instead of taking more work. */
  readonly #retired = new WeakSet<Sandbox>();
  #launcher: PoolOptions['launch'];
  readonly #queue: { payload: Buffer; settle: (outcome: Outcome) => void }[] = [];
  readonly #reaper: NodeJS.Timeout;
  #stopped = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#launcher = options.launch;
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

  /**
   * Launches sandboxes with other code from now on, once the first of them is ready. Those with the old code finish what they
   * are doing.
   * @returns why the new code cannot be loaded; nothing changes then
   */
  async replace(launch: PoolOptions['launch']): Promise<Outcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>();
    const first = this.#launch(launch, resolve);
    const timer = setTimeout(() => first.kill(), LONGEST_INIT_MS);
    const failure = await promise;
    clearTimeout(timer);
    if (failure === undefined) this.renew(launch, first);
    return failure;
  }

  /** Launches sandboxes with other code from now on. */
  renew(launch: PoolOptions['launch'], first?: Sandbox): void {
    this.#launcher = launch;
    for (const sandbox of this.#sandboxes) {
      if (sandbox === first) continue;
      this.#retired.add(sandbox);
      if (sandbox.idle || this.#starting.delete(sandbox)) sandbox.kill();
    }
    this.#dispatch();
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
    for (const sandbox of this.#sandboxes) if (sandbox.finishing && !this.#retired.has(sandbox)) count += 1;
    return count;
  }

  /** @param tried called when it is ready, or with its failure, which then is no invocation's */
  #launch(launch = this.#launcher, tried?: (failure?: Outcome) => void): Sandbox {
    const onEnd = () => this.#onEnd(sandbox, tried);
    const sandbox: Sandbox = launch({
      onIdle: () => {
        this.#starting.delete(sandbox);
        tried?.();
        if (this.#retired.has(sandbox)) sandbox.kill();
        this.#dispatch();
      },
      onEnd,
    });
    this.#sandboxes.add(sandbox);
    this.#starting.add(sandbox);
    sandbox.start().catch(onEnd);
    return sandbox;
  }

  #onEnd(sandbox: Sandbox, tried: ((failure: Outcome) => void) | undefined): void {
    const failedToStart = this.#starting.delete(sandbox);
    this.#sandboxes.delete(sandbox);
    const failure = sandbox.failure ?? CRASH;
    tried?.(failure);
    // The invocation that it was started for fails with it; otherwise a broken bundle would be started forever.
    if (failedToStart && !this.#stopped && !tried) this.#queue.shift()?.settle(failure);
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
