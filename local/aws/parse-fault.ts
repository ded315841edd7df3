import type { Fault } from './faults.ts';

/** A fault is not valid; the message names the field. */
export class BadFaultError extends Error {
  override name = 'BadFaultError';
}

const SERVICES = ['dynamodb', 'sqs', 'sns', 'secretsmanager', 'cyberdesk', 'lambda'];
const KINDS = ['drop', 'fail', 'delay', 'kill', 'twice'];
const FIELDS = ['call', 'do', 'when', 'function', 'nth', 'times', 'ms', 'status', 'error', 'body', 'headers'];

/** What a fault can name; by default that of a whole run. */
export interface FaultTerms {
  readonly services?: readonly string[];
  readonly kinds?: readonly string[];
  readonly moments?: readonly string[];
}

/**
 * Checks a fault that came as JSON. One that could never hit is refused, as whoever plants it would wait in vain.
 * @param callers labels of the functions, and `operator`
 * @throws BadFaultError naming the first wrong field
 */
export function parseFault(
  value: unknown,
  callers: readonly string[],
  { services = SERVICES, kinds = KINDS, moments = ['before', 'after'] }: FaultTerms = {},
): Fault {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new BadFaultError('a fault must be a JSON object');
  const fault = value as Record<string, unknown>;
  const unknown = Object.keys(fault).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new BadFaultError(`"${unknown}" is not a field of a fault; the fields are ${FIELDS.join(', ')}`);
  const service = checkCall(fault.call, services);
  if (!kinds.includes(String(fault.do))) throw new BadFaultError(`"do" must be one of ${kinds.join(', ')}`);
  if (fault.when !== undefined && !moments.includes(String(fault.when)))
    throw new BadFaultError(`"when" must be one of ${moments.join(', ')}`);
  if (fault.do === 'twice' && fault.when !== undefined && fault.when !== 'before')
    throw new BadFaultError('"twice" can only be done "before"');
  if (service === 'lambda' && fault.do !== 'twice' && fault.do !== 'delay') {
    throw new BadFaultError(
      '"lambda:Invoke" takes only "twice" and "delay"; to kill a function, name one of its calls',
    );
  }
  if (fault.function !== undefined && !callers.includes(String(fault.function).toLowerCase()))
    throw new BadFaultError(`"function" must be one of ${callers.join(', ') || '(none here)'}`);
  whole(fault, 'nth', 1);
  if (fault.times !== 'always') whole(fault, 'times', 1);
  whole(fault, 'ms', 0);
  // The Cyberdesk API may also fail by a redirect, or by a success with an unusable body.
  whole(fault, 'status', service === 'cyberdesk' ? 200 : 400);
  if (fault.do === 'delay' && fault.ms === undefined) throw new BadFaultError('"delay" requires "ms"');
  return value as Fault;
}

/** @returns the service that the call names */
function checkCall(call: unknown, services: readonly string[]): string {
  if (typeof call !== 'string' || !/^(\w+|\*):./.test(call)) {
    throw new BadFaultError(
      '"call" must be "<service>:<operation>", e.g. "dynamodb:PutItem" or "cyberdesk:POST /v1/runs"',
    );
  }
  const [service = ''] = call.split(':', 1);
  if (service === '*' || services.includes(service)) return service;
  throw new BadFaultError(
    `"call": there is no service "${service}"; the services are ${services.join(', ')}`,
  );
}

function whole(fault: Record<string, unknown>, field: string, least: number): void {
  const value = fault[field];
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new BadFaultError(`"${field}" must be an integer of at least ${least}`);
}
