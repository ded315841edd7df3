type Inputs = { [key: string]: unknown };

/**
 * Inputs with the action's key under the name that the rule gave.
 *
 * @throws TypeError for a name that is not one, and for inputs that are not a plain object, as rules may be plain JavaScript: what a
 * promise, a map or a reference holds would be lost here.
 */
export function correlated(inputs: Inputs | null | undefined, name: unknown, key: string): Inputs {
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    throw new TypeError('correlate must be the name of an input');
  if (inputs != null && !isPlain(inputs)) throw new TypeError('inputs with correlate must be a plain object');
  return { ...inputs, [name]: key };
}

const isPlain = (inputs: object): boolean =>
  [Object.prototype, null].includes(Object.getPrototypeOf(inputs)) &&
  !('toJSON' in inputs && typeof inputs.toJSON === 'function');
