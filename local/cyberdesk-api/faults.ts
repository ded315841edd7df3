import { applyFaults, DROPPED, type Fault } from '../faults/faults.ts';
import { parseFault } from '../faults/parse-fault.ts';
import type { Received, Reply } from './call.ts';

/** The connection is to be cut instead of an answer. */
export class ConnectionResetError extends Error {
  override name = 'ConnectionResetError';
}

/** A request in the words of a fault's `call`. */
export const callOf = ({ method, path }: Received): string => `cyberdesk:${method} ${path}`;

/**
 * Checks a fault for this API that came as JSON. It has the language of the local run; `during` is known here alone,
 * and there is no sandbox to kill.
 * @throws InvalidFaultError
 */
export const readFault = (value: unknown): Fault =>
  parseFault(value, [], {
    services: ['cyberdesk'],
    kinds: ['drop', 'fail', 'delay', 'twice'],
    moments: ['before', 'during', 'after'],
  });

/**
 * Applies faults to a request, one after the other.
 * @param wait waits for milliseconds; rejects when the server closes
 * @returns the answer where a fault decides it, otherwise undefined
 * @throws ConnectionResetError
 */
export async function decidedBy(
  faults: readonly Fault[],
  wait: (ms: number) => Promise<void>,
): Promise<Reply | undefined> {
  const fail = ({ status = 500, headers = {}, body = { detail: 'A planted fault' } }: Fault): Reply => ({
    status,
    headers,
    body,
  });
  const decided = await applyFaults(faults, { fail, wait });
  if (decided !== DROPPED) return decided;
  throw new ConnectionResetError('a fault resets the connection');
}
