type Inputs = { [key: string]: unknown };

/**
 * Inputs with the action's key under the name that the rule gave.
 *
 * @throws TypeError for a name that is not one, as rules may be plain JavaScript.
 */
export function correlated(inputs: Inputs | null | undefined, name: unknown, key: string): Inputs {
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    throw new TypeError('correlate must be the name of an input');
  return { ...inputs, [name]: key };
}
