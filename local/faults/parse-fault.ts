import type { Fault } from './faults.ts';

/** A fault that says something unusable; the message names the field. */
export class InvalidFaultError extends Error {
  override name = 'InvalidFaultError';
}

const SERVICES = ['dynamodb', 'sqs', 'sns', 'secretsmanager', 'cyberdesk', 'lambda'];
const KINDS = ['drop', 'fail', 'delay', 'kill', 'twice'];
const FIELDS = ['call', 'do', 'when', 'function', 'nth', 'times', 'ms', 'status', 'error', 'body', 'headers'];

/**
 * Checks a fault that came as JSON. One that could never hit is refused: whoever plants it waits for it.
 * @param callers labels of the functions, and `operator`
 * @throws InvalidFaultError naming the first wrong field
 */
export function parseFault(value: unknown, callers: readonly string[]): Fault {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new InvalidFaultError('A fault is a JSON object.');
  const fault = value as Record<string, unknown>;
  const unknown = Object.keys(fault).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new InvalidFaultError(`"${unknown}" is no field of a fault; there are ${FIELDS.join(', ')}.`);
  if (typeof fault.call !== 'string' || !/^(\w+|\*):./.test(fault.call)) {
    throw new InvalidFaultError(
      '"call" must be "<service>:<operation>", e.g. "dynamodb:PutItem" or "cyberdesk:POST /v1/runs".',
    );
  }
  const [service = ''] = fault.call.split(':', 1);
  if (service !== '*' && !SERVICES.includes(service))
    throw new InvalidFaultError(
      `"call": there is no service "${service}"; there are ${SERVICES.join(', ')}.`,
    );
  if (!KINDS.includes(String(fault.do)))
    throw new InvalidFaultError(`"do" must be one of ${KINDS.join(', ')}.`);
  if (fault.when !== undefined && fault.when !== 'before' && fault.when !== 'after') {
    throw new InvalidFaultError('"when" must be "before" or "after".');
  }
  if (fault.do === 'twice' && fault.when === 'after')
    throw new InvalidFaultError('"twice" is done "before" only.');
  if (fault.call.startsWith('lambda:') && fault.do !== 'twice' && fault.do !== 'delay') {
    throw new InvalidFaultError(
      '"lambda:Invoke" can be hit by "twice" and "delay" only; kill a function at one of its calls.',
    );
  }
  if (fault.function !== undefined && !callers.includes(String(fault.function).toLowerCase()))
    throw new InvalidFaultError(`"function" must be one of ${callers.join(', ')}.`);
  whole(fault, 'nth', 1);
  if (fault.times !== 'always') whole(fault, 'times', 1);
  whole(fault, 'ms', 0);
  whole(fault, 'status', 400);
  if (fault.do === 'delay' && fault.ms === undefined) throw new InvalidFaultError('"delay" needs "ms".');
  return fault as unknown as Fault;
}

function whole(fault: Record<string, unknown>, field: string, least: number): void {
  const value = fault[field];
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new InvalidFaultError(`"${field}" must be a whole number from ${least} on.`);
}
