import type { Fault } from './faults.ts';

/** A fault that cannot be used; the message names the field. */
export class InvalidFaultError extends Error {
  override name = 'InvalidFaultError';
}

/** The values that a fault of a whole run may have. */
const TERMS = {
  services: ['dynamodb', 'sqs', 'sns', 'secretsmanager', 'cyberdesk', 'lambda'],
  kinds: ['drop', 'fail', 'delay', 'kill', 'twice'],
  moments: ['before', 'after'],
};
const FIELDS = ['call', 'do', 'when', 'function', 'nth', 'times', 'ms', 'status', 'error', 'body', 'headers'];

/**
 * Checks a fault that was sent as JSON. One that could never hit a call is rejected, as its sender would wait forever.
 * @param callers labels of the functions, and `operator`
 * @throws InvalidFaultError naming the first wrong field
 */
export function parseFault(value: unknown, callers: readonly string[], terms = TERMS): Fault {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidFaultError('a fault must be a JSON object');
  }
  const problem = problemOf({ ...value }, callers, terms);
  if (problem !== undefined) throw new InvalidFaultError(problem);
  return value as Fault;
}

function problemOf(
  fault: Record<string, unknown>,
  callers: readonly string[],
  { services, kinds, moments }: typeof TERMS,
): string | undefined {
  const unknown = Object.keys(fault).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `"${unknown}" is not a field of a fault; use ${FIELDS.join(', ')}`;
  const [, service = ''] = /^(\w+|\*):./.exec(String(fault.call)) ?? [];
  if (service === '') {
    return '"call" must be "<service>:<operation>", e.g. "dynamodb:PutItem" or "cyberdesk:POST /v1/runs"';
  }
  if (service !== '*' && !services.includes(service)) {
    return `"call" has an unknown service "${service}"; use one of ${services.join(', ')}`;
  }
  if (!kinds.includes(String(fault.do))) return `"do" must be one of ${kinds.join(', ')}`;
  const { when = 'before' } = fault;
  if (!moments.includes(String(when))) return `"when" must be one of ${moments.join(', ')}`;
  if (fault.do === 'twice' && when !== 'before') return '"twice" must be "before"';
  if (service === 'lambda' && fault.do !== 'twice' && fault.do !== 'delay') {
    return '"lambda:Invoke" supports only "twice" and "delay"; to kill a function, use one of its calls';
  }
  if (fault.function !== undefined && !callers.includes(String(fault.function).toLowerCase())) {
    return `"function" must be one of ${callers.join(', ') || '(none here)'}`;
  }
  if (fault.do === 'delay' && fault.ms === undefined) return '"delay" needs "ms"';
  // The Cyberdesk API may also fail with a redirect, or with a success that has an unusable body.
  const leastStatus = service === 'cyberdesk' ? 200 : 400;
  const least = { nth: 1, ...(fault.times !== 'always' && { times: 1 }), ms: 0, status: leastStatus };
  const wrong = Object.entries(least).find(([field, from]) => !isWhole(fault[field], from));
  return wrong && `"${wrong[0]}" must be a whole number of at least ${wrong[1]}`;
}

const isWhole = (value: unknown, least: number): boolean =>
  value === undefined || (Number.isInteger(value) && Number(value) >= least);
