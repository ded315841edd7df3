import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CyberdeskProxy, type CyberdeskTarget } from '../faults/cyberdesk-proxy.ts';
import type { Faults } from '../faults/faults.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { Identities } from '../front/identities.ts';
import { unseenGrants } from '../front/unseen-grants.ts';
import type { FunctionModel, StackModel } from '../template/model.ts';
import { environmentOf } from './environment.ts';
import type { FunctionLogs } from './logs.ts';
import type { Outcome } from './outcome.ts';
import { FunctionPool } from './pool.ts';
import { Sandbox, type SandboxParts } from './sandbox.ts';

/** What all functions of a run share. */
export interface FunctionsParts {
  readonly stack: StackModel;
  readonly awsUrl: string;
  readonly identities: Identities;
  readonly authorizer: IamAuthorizer;
  readonly cyberdesk: CyberdeskTarget;
  readonly faults: Faults;
  readonly logs: FunctionLogs;
  /** Replaces variables of the template. */
  overrides(fn: FunctionModel): Readonly<Record<string, string>>;
  readonly limit: number;
  readonly idleMs: number;
  /** Directory of `aws-lambda-ric`; undefined: the own client. */
  readonly ric: string | undefined;
  warn(text: string): void;
}

/** All functions of the stack with their sandboxes. */
export class Functions {
  readonly #parts: FunctionsParts;
  readonly #pools = new Map<string, FunctionPool>();
  readonly #sandboxes = new Map<string, Sandbox>();
  #started = 0;

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
    for (const fn of parts.stack.functions) {
      const limit = Math.min(parts.limit, fn.reservedConcurrency ?? parts.limit);
      const pool = new FunctionPool(fn, {
        limit,
        idleMs: parts.idleMs,
        launch: (_, events) => this.#launch(fn, events),
      });
      this.#pools.set(fn.arn, pool);
    }
  }

  /** Invokes a function of the stack; never rejects. */
  async invoke(fn: FunctionModel, payload: Buffer): Promise<Outcome> {
    const outcome = await this.#pool(fn).invoke(payload);
    if (!outcome.ok && outcome.cause !== 'stopped') {
      // The type only: a message may quote what the function worked on.
      this.#parts.warn(
        `The ${fn.label} failed (${outcome.error.errorType}): npm start -- --logs shows more.`,
      );
    }
    return outcome;
  }

  /** Ends one sandbox, in flight or not. */
  kill(sandbox: string): void {
    this.#sandboxes.get(sandbox)?.kill();
  }

  /** Ends all sandboxes of a function; the next invocation is a cold start. */
  killAll(fn: FunctionModel): void {
    this.#pool(fn).killAll();
  }

  /** Sandboxes that a function has now. */
  count(fn: FunctionModel): number {
    return this.#pool(fn).size;
  }

  /** Whether any function has something to do. */
  get busy(): boolean {
    return [...this.#pools.values()].some((pool) => pool.busy);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }

  #pool(fn: FunctionModel): FunctionPool {
    const pool = this.#pools.get(fn.arn);
    if (!pool) throw new Error(`${fn.name} is no function of the stack.`);
    return pool;
  }

  #launch(fn: FunctionModel, events: Pick<SandboxParts, 'onEnd' | 'onIdle'>): Sandbox {
    const parts = this.#parts;
    this.#started += 1;
    const id = `${fn.label}-${this.#started}`;
    const credentials = parts.identities.issue({ kind: 'function', fn, sandbox: id });
    const proxy =
      fn.environment.CYBERDESK_API_URL === undefined
        ? undefined
        : new CyberdeskProxy(parts.cyberdesk, parts.faults, fn.label, () => this.kill(id));
    const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
    let listening: Promise<string> | undefined;
    const sandbox = new Sandbox(id, fn, {
      logs: parts.logs,
      bootstrap: bootstrapOf(fn, parts.ric),
      onIdle: events.onIdle,
      onEnd: () => {
        this.#sandboxes.delete(id);
        parts.identities.revoke(credentials);
        listening?.finally(() => proxy?.close());
        events.onEnd();
      },
      environment: async (runtimeApi) => {
        listening = proxy?.listen();
        const own = listening ? { CYBERDESK_API_URL: await listening } : {};
        return environmentOf(fn, {
          region: parts.stack.region,
          runtimeApi,
          awsUrl: parts.awsUrl,
          logStream,
          credentials,
          overrides: { ...parts.overrides(fn), ...own },
        });
      },
    });
    this.#sandboxes.set(id, sandbox);
    this.#checkUnseen(fn, logStream);
    return sandbox;
  }

  /** Logs and traces go out by the function's role too, though no call of them is seen here. */
  #checkUnseen(fn: FunctionModel, logStream: string): void {
    const { authorizer, stack, warn } = this.#parts;
    for (const grants of unseenGrants(fn, stack, logStream)) {
      authorizer.authorize(fn, grants).then(
        (decision) => {
          if (!decision.allowed)
            warn(`${decision.message}. In AWS, its logs, metrics or traces would be missing.`);
        },
        (error: Error) => warn(error.message),
      );
    }
  }
}

function bootstrapOf(fn: FunctionModel, ric: string | undefined): string[] {
  if (ric !== undefined) return [join(ric, 'index.mjs'), fn.handler];
  return [fileURLToPath(new URL('bootstrap.mjs', import.meta.url))];
}
