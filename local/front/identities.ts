import { randomBytes } from 'node:crypto';
import type { FunctionModel } from '../template/model.ts';

/** Credentials that only one caller has, so that the front can identify it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export type Caller =
  | { readonly kind: 'function'; readonly fn: FunctionModel; readonly sandbox: string }
  /** The person who started the run, and their tools; may do everything. */
  | { readonly kind: 'operator' }
  /** The run itself, which shows its data: its calls are not recorded, and no fault hits them. */
  | { readonly kind: 'observer' };

/** Label of the function that calls, or `operator`. */
export const labelOf = (caller: Caller): string =>
  caller.kind === 'function' ? caller.fn.label : caller.kind;

/** Identifies every caller by its access key id. */
export class Identities {
  readonly #callers = new Map<string, Caller>();
  /** Credentials for tools and tests. */
  readonly operator = this.issue({ kind: 'operator' });
  readonly observer = this.issue({ kind: 'observer' });

  issue(caller: Caller): Credentials {
    const accessKeyId = `ASIA${base32(16)}`;
    this.#callers.set(accessKeyId, caller);
    return {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
  }

  revoke(credentials: Credentials): void {
    this.#callers.delete(credentials.accessKeyId);
  }

  of(accessKeyId: string): Caller | undefined {
    return this.#callers.get(accessKeyId);
  }
}

const base32 = (length: number): string =>
  [...randomBytes(length)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
