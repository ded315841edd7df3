/** The function's environment lacks a variable that its stack sets, or the value cannot be read. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/** One value of a function's environment. `lib` writes what is read here, so a name stands in one place. */
export interface Field<T> {
  name: string;
  /** @throws EnvironmentError */
  read(environment: NodeJS.ProcessEnv): T;
  /** Divisor of a number in its variable: 1000 for a variable in seconds. */
  unit?: number;
  /** Without a variable while the list is empty. */
  optional?: true;
}

/** All values of one function's environment. */
export type Fields<T> = { [K in keyof T]: Field<T[K]> };

/** @throws EnvironmentError */
export function readEnvironment<T extends object>(fields: Fields<T>, environment = process.env): T {
  const values: Partial<T> = {};
  for (const key in fields) values[key] = fields[key].read(environment);
  return values as T;
}

function textOf(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) throw new EnvironmentError(`${name} is not set; deploy the stack again`);
  return value;
}

/** A text that is never empty. */
export const text = (name: string): Field<string> => ({ name, read: (from) => textOf(from, name) });

/** A number in the variable's unit, times `unit` in the code. */
export const number = (name: string, unit = 1): Field<number> => ({
  name,
  unit,
  read(from) {
    const value = Number(textOf(from, name));
    if (!Number.isFinite(value))
      throw new EnvironmentError(`${name} is not a number; deploy the stack again`);
    return value * unit;
  },
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
});

/** Entries without commas, separated by commas. */
export const list = (name: string): Field<readonly string[]> => ({
  name,
  read: ({ [name]: value = '' }) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
});

/** A list that has no variable while it is empty. */
export const optionalList = (name: string): Field<readonly string[]> => ({ ...list(name), optional: true });
