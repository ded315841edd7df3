/** The function's environment lacks a variable that its stack sets, or the value cannot be read. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/** The variables of a function's environment. */
export type Variables = Record<string, string>;

/** One value of a function's environment: `lib` writes it, and the function reads it back. */
export interface Field<T> {
  /** Its variable; of a value in several variables, their pattern. */
  name: string;
  /** @throws EnvironmentError */
  read(environment: NodeJS.ProcessEnv): T;
  /** The variables that hold this value. */
  write(value: T): Variables;
}

/** All values of one function's environment. */
export type Fields<T> = { [K in keyof T]: Field<T[K]> };

/** @throws EnvironmentError */
export function readEnvironment<T extends object>(fields: Fields<T>, environment = process.env): T {
  const values: Partial<T> = {};
  for (const key in fields) values[key] = fields[key].read(environment);
  return values as T;
}

/** The variables from which a function reads these values. */
export function writeEnvironment<T extends object>(fields: Fields<T>, values: NoInfer<T>): Variables {
  const variables: Variables = {};
  for (const key in fields) Object.assign(variables, fields[key].write(values[key]));
  return variables;
}

function textOf(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) throw new EnvironmentError(`${name} is not set; deploy the stack again`);
  return value;
}

/** A text that is never empty. */
export const text = (name: string): Field<string> => ({
  name,
  read: (from) => textOf(from, name),
  write: (value) => ({ [name]: value }),
});

/** A number in the variable's unit, times `unit` in the code. */
export const number = (name: string, unit = 1): Field<number> => ({
  name,
  read(from) {
    const value = Number(textOf(from, name));
    if (!Number.isFinite(value))
      throw new EnvironmentError(`${name} is not a number; deploy the stack again`);
    return value * unit;
  },
  write: (value) => ({ [name]: String(value / unit) }),
});

/** `true` or `false`. */
export const flag = (name: string): Field<boolean> => ({
  name,
  read(from) {
    const value = textOf(from, name);
    if (value !== 'true' && value !== 'false')
      throw new EnvironmentError(`${name} is neither true nor false; deploy the stack again`);
    return value === 'true';
  },
  write: (value) => ({ [name]: String(value) }),
});

/** Entries without commas, separated by commas. */
export const list = (name: string): Field<readonly string[]> => ({
  name,
  read: ({ [name]: value = '' }) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  write: (entries) => ({ [name]: entries.join(',') }),
});

/** A list that has no variable while it is empty. */
export function optionalList(name: string): Field<readonly string[]> {
  const plain = list(name);
  return { ...plain, write: (entries) => (entries.length === 0 ? {} : plain.write(entries)) };
}
