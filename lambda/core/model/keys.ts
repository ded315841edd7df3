import { createHash } from 'node:crypto';

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Namespace of this project's name-based UUIDs. Any fixed UUID would do, but it must never change. */
const NAMESPACE = Buffer.from('5f1d1c1e0b7a4a529d5f6c2f7c1b9e34', 'hex');

/** UUID version 5 (RFC 9562): SHA-1 of a namespace and a name. */
export function uuidV5(name: string, namespace: Uint8Array = NAMESPACE): string {
  const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface ActionIdentity {
  /** Account, region and stack: two stages of one organisation receive the same run and must not share keys. */
  installation: string;
  /** Id of what the event is about: the run. */
  subject: string;
  /** Sort key of the completion. */
  completion: string;
  rule: string;
  position: number;
  generation: number;
}

/** Idempotency key of an action. JSON keeps the parts separate: `a|b` + `c` differs from `a` + `b|c`. */
export const actionKey = (id: ActionIdentity): string =>
  uuidV5(JSON.stringify([id.installation, id.subject, id.completion, id.rule, id.position, id.generation]));
