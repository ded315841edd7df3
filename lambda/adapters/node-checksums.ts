import { createHmac, createSecretKey, hash } from 'node:crypto';

type Data = string | Uint8Array;

/** What the SDK expects of a checksum. */
abstract class Checksum {
  #parts: Uint8Array[] = [];

  update(data: Data): void {
    this.#parts.push(typeof data === 'string' ? Buffer.from(data) : data);
  }

  async digest(): Promise<Uint8Array> {
    return this.digestOf(Buffer.concat(this.#parts));
  }

  reset(): void {
    this.#parts = [];
  }

  protected abstract digestOf(data: Uint8Array): Uint8Array;
}

/**
 * With {@link Md5}, what the product's bundles have in place of `@smithy/core/checksum`, which brings hashes in plain JavaScript for a
 * Node.js that has none. With a secret it is an HMAC.
 */
export class Sha256 extends Checksum {
  readonly digestLength = 32;
  readonly #secret: Data | undefined;

  constructor(secret?: Data) {
    super();
    this.#secret = secret;
  }

  protected digestOf(data: Uint8Array): Uint8Array {
    return this.#secret === undefined ? hash('sha256', data, 'buffer') : hmac(this.#secret, data);
  }
}

export class Md5 extends Checksum {
  readonly digestLength = 16;

  protected digestOf(data: Uint8Array): Uint8Array {
    return hash('md5', data, 'buffer');
  }
}

/**
 * Also what the product's bundles have in place of `fast-sha256`, with which `svix` computes a signature. Bytes are made a key first:
 * Node.js takes four times as long where it has to find out that they are just bytes.
 */
export function hmac(secret: Data, data: Uint8Array): Uint8Array {
  const key = typeof secret === 'string' ? secret : createSecretKey(secret);
  return createHmac('sha256', key).update(data).digest();
}
