import type { FunctionModel } from '../template/model.ts';
import type { Outcome } from './outcome.ts';
import { FunctionPool, type PoolOptions } from './pool.ts';
import type { Sandbox, SandboxDeps } from './sandbox.ts';

export interface FunctionsDeps {
  readonly functions: readonly FunctionModel[];
  /** Most sandboxes of one function. */
  readonly limit: number;
  readonly idleMs: number;
  /** The function that a person debugs. It has one sandbox, which does not end when it is idle. */
  readonly debug: { readonly label: string; readonly port: number } | undefined;
  /** Makes a sandbox; it is started by the pool. */
  create(id: string, fn: FunctionModel, deps: LaunchDeps): Sandbox;
  warn(text: string): void;
  /** Counts an invocation that failed, as Lambda does. */
  onFailure(fn: FunctionModel): void;
}

export type LaunchDeps = Pick<SandboxDeps, 'onEnd' | 'onIdle' | 'inspectPort'>;

export class Functions {
  readonly #deps: FunctionsDeps;
  readonly #pools: ReadonlyMap<string, FunctionPool>;
  readonly #sandboxes = new Map<string, Sandbox>();
  /** The code of functions that run from other code than was synthesized, by ARN. */
  readonly #code = new Map<string, string>();
  #launched = 0;

  constructor(deps: FunctionsDeps) {
    this.#deps = deps;
    this.#pools = new Map(deps.functions.map((fn) => [fn.arn, this.#poolFor(fn)]));
  }

  /** Invokes a function of the stack; never rejects. */
  async invoke(fn: FunctionModel, payload: Buffer): Promise<Outcome> {
    const outcome = await this.#pool(fn).invoke(payload);
    if (outcome.kind === 'failure' && outcome.cause !== 'stopped') {
      this.#deps.warn(complaintOf(fn, outcome));
      this.#deps.onFailure(fn);
    }
    return outcome;
  }

  /** Ends one sandbox, whether it is working or not. */
  kill(sandbox: string): void {
    this.#sandboxes.get(sandbox)?.kill();
  }

  /** Ends all sandboxes of a function; the next invocation is a cold start. */
  killAll(fn: FunctionModel): void {
    this.#pool(fn).killAll();
  }

  /**
   * Runs a function from other code, without interrupting what runs.
   * @param codeDirectory absolute path of the unpacked bundle
   * @returns why it cannot be loaded; the code before stays in use then
   */
  async replace(fn: FunctionModel, codeDirectory: string): Promise<Outcome | undefined> {
    const pool = this.#pool(fn);
    const launch = this.#launcherOf({ ...fn, codeDirectory });
    // A function that waits for a debugger would wait for it now.
    const isDebugged = this.#inspectPort(fn) !== undefined;
    if (isDebugged) pool.renew(launch);
    const failure = isDebugged ? undefined : await pool.replace(launch);
    if (failure === undefined) this.#code.set(fn.arn, codeDirectory);
    return failure;
  }

  /** Absolute path of the unpacked bundle that a function runs from, which `replace` may have changed. */
  codeOf(fn: FunctionModel): string {
    return this.#code.get(fn.arn) ?? fn.codeDirectory;
  }

  get busy(): boolean {
    return [...this.#pools.values()].some((pool) => pool.busy);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }

  #pool(fn: FunctionModel): FunctionPool {
    const pool = this.#pools.get(fn.arn);
    if (!pool) throw new Error(`${fn.name} is not a function of the stack`);
    return pool;
  }

  #poolFor(fn: FunctionModel): FunctionPool {
    const { limit, idleMs } = this.#deps;
    const isDebugged = this.#inspectPort(fn) !== undefined;
    return new FunctionPool({
      limit: isDebugged ? 1 : Math.min(limit, fn.reservedConcurrency ?? limit),
      idleMs: isDebugged ? Number.POSITIVE_INFINITY : idleMs,
      launch: this.#launcherOf(fn),
    });
  }

  #launcherOf(fn: FunctionModel): PoolOptions['launch'] {
    return ({ onIdle, onEnd }) => {
      this.#launched += 1;
      const id = `${fn.label}-${this.#launched}`;
      const sandbox = this.#deps.create(id, fn, {
        inspectPort: this.#inspectPort(fn),
        onIdle,
        onEnd: () => {
          this.#sandboxes.delete(id);
          onEnd();
        },
      });
      this.#sandboxes.set(id, sandbox);
      return sandbox;
    };
  }

  #inspectPort({ label }: FunctionModel): number | undefined {
    const { debug } = this.#deps;
    return debug?.label === label ? debug.port : undefined;
  }
}

/** Only the type of an error, as a message may contain data that the function worked on. Loading it works on none. */
export function complaintOf(
  fn: FunctionModel,
  { cause, error, frame = '' }: Outcome & { kind: 'failure' },
): string {
  if (cause === 'init') return `${titleOf(fn)} cannot be loaded: ${error.errorMessage} ${frame}`.trimEnd();
  return `${titleOf(fn)} failed (${error.errorType}): npm start -- --logs shows more`;
}

/** How a line names a function: the product's own, one that is built from a handler, or one of `infrastructure.ts`. */
export function titleOf({ label, environment }: Pick<FunctionModel, 'label' | 'environment'>): string {
  if (SERVICES.has(label)) return `the ${label}`;
  return environment.POWERTOOLS_SERVICE_NAME === label ? `the handler ${label}` : `the function ${label}`;
}

/** No destination can have one of these names. */
const SERVICES: ReadonlySet<string> = new Set(['verifier', 'processor', 'sweeper']);
