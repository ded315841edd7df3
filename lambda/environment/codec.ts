/** The function's environment lacks a variable that its stack sets, or the value cannot be read. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

type Variables = Record<string, string>;

/** How one value is represented in the environment: the stack writes it, the function reads it. */
export interface Field<T> {
  /** May write no variable at all. */
  write(value: T): Variables;
  /** @throws EnvironmentError */
  read(environment: NodeJS.ProcessEnv): T;
}

/** How all values of one function are represented in its environment. */
export interface Codec<T> {
  write(values: T): Variables;
  /** @throws EnvironmentError */
  read(environment?: NodeJS.ProcessEnv): T;
}

/** A codec of one field per value. */
export const codec = <T extends object>(fields: { [K in keyof T]: Field<T[K]> }): Codec<T> => ({
  write(values) {
    const variables: Variables = {};
    for (const key in fields) Object.assign(variables, fields[key].write(values[key]));
    return variables;
  },
  read(environment = process.env) {
    const values: Partial<T> = {};
    for (const key in fields) values[key] = fields[key].read(environment);
    return values as T;
  },
});

/** A text that is never empty. */
export const text = (name: string): Field<string> => ({
  write: (value) => ({ [name]: value }),
  read(environment) {
    const value = environment[name];
    if (value === undefined || value === '') {
      throw new EnvironmentError(`${name} is not set; deploy the stack again`);
    }
    return value;
  },
});

/** A number in the variable's unit, times `unit` in the code. */
export const number = (name: string, unit = 1): Field<number> => ({
  write: (value) => ({ [name]: String(value / unit) }),
  read(environment) {
    const value = Number(text(name).read(environment));
    if (!Number.isFinite(value))
      throw new EnvironmentError(`${name} is not a number; deploy the stack again`);
    return value * unit;
  },
});

/** Entries without commas, separated by commas. */
export const list = (name: string): Field<readonly string[]> => ({
  write: (values) => ({ [name]: values.join(',') }),
  read: (environment) =>
    (environment[name] ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
});

/** A list that has no variable while it is empty. */
export const optionalList = (name: string): Field<readonly string[]> => ({
  ...list(name),
  write: (values) => (values.length > 0 ? list(name).write(values) : {}),
});
