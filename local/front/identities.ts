import { randomBytes } from 'node:crypto';
import type { FunctionModel } from '../template/model.ts';

/** Credentials that only one sandbox holds, so that the front knows who calls. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who makes a call. */
export type Caller =
  | { readonly kind: 'function'; readonly fn: FunctionModel; readonly sandbox: string }
  /** The Lambda service on behalf of a function: event sources, logs, traces. */
  | { readonly kind: 'service'; readonly fn: FunctionModel }
  /** The person who runs this, and their tools; may do everything. */
  | { readonly kind: 'operator' };

/** Knows every caller by its access key id. */
export class Identities {
  readonly #callers = new Map<string, Caller>();
  /** Credentials for tools and tests. */
  readonly operator: Credentials;

  constructor() {
    this.operator = this.issue({ kind: 'operator' });
  }

  /** New credentials for a caller. */
  issue(caller: Caller): Credentials {
    const accessKeyId = `ASIA${base32(16)}`;
    this.#callers.set(accessKeyId, caller);
    return {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
  }

  /** Ends credentials, as those of a sandbox end with it. */
  revoke(credentials: Credentials): void {
    this.#callers.delete(credentials.accessKeyId);
  }

  of(accessKeyId: string): Caller | undefined {
    return this.#callers.get(accessKeyId);
  }
}

function base32(length: number): string {
  return [...randomBytes(length)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}
