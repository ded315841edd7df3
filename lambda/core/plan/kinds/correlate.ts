type Inputs = { [key: string]: unknown } | null | undefined;

/**
 * Inputs with the action's key under the name that the rule gave.
 *
 * @throws TypeError for a name that is not one, as rules may be plain JavaScript.
 */
export function correlated<T extends Inputs>(
  inputs: T,
  name: unknown,
  key: string,
): T | { [key: string]: unknown } {
  if (name === undefined) return inputs;
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    throw new TypeError('correlate must be the name of an input');
  return { ...inputs, [name]: key };
}
