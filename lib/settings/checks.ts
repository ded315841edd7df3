import { isIP } from 'node:net';
import { type Duration, Token } from 'aws-cdk-lib';
import * as v from 'valibot';

/** One schema per key of a type, so that `tsc` names the key that has none. */
export type Entries<T> = Record<keyof T, v.GenericSchema>;

/** Smallest and largest permitted value. */
export type Range = readonly [min: number, max: number];

/** A text that passes a test. A value that CloudFormation resolves later always passes. */
export const text = (test: (value: string) => boolean, problem: string) =>
  v.pipe(
    v.string(),
    v.check(
      (value) => Token.isUnresolved(value) || test(value),
      ({ input }) => `"${input}" ${problem}`,
    ),
  );

/** A list without duplicates. */
export const listOf = (item: v.GenericSchema<string>) =>
  v.pipe(
    v.array(item),
    v.check((items) => new Set(items).size === items.length, 'must not contain duplicates'),
  );

/** An object whose keys are the customer's own names. */
export const recordOf = (name: v.GenericSchema<string, string>, value: v.GenericSchema) =>
  v.pipe(
    v.unknown(),
    v.check(
      (names) => inheritedName(names) === undefined,
      ({ input }) => `"${inheritedName(input)}" cannot be a name, as JavaScript has a use of its own for it`,
    ),
    v.record(name, value),
  );

/** A name that means something in every object, at which `v.record` does not even look. */
function inheritedName(names: unknown): string | undefined {
  if (typeof names !== 'object' || names === null) return undefined;
  // `__proto__` in a literal sets the prototype.
  for (const name in names) if (!Object.hasOwn(names, name)) return '__proto__';
  return Object.keys(names).find((name) => name in Object.prototype || name === 'prototype');
}

const isWhole = (value: number, [min, max]: Range): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

export const wholeNumber = (range: Range) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => isWhole(value, range),
      ({ input }) => `must be a whole number from ${range.join(' to ')} (got ${input})`,
    ),
  );

type Unit = 'days' | 'hours' | 'minutes' | 'seconds';

/** A `Duration` in whole units. */
export const duration = (unit: Unit, range: Range) => {
  const problem = `must be a Duration of ${range.join(' to ')} whole ${unit}`;
  return v.pipe(
    instanceWith<Duration>('toIsoString', problem),
    v.check(
      (value) => !value.isUnresolved() && isWhole(inUnit(value, unit), range),
      ({ input }) => `${problem} (got ${input.isUnresolved() ? 'a token' : input.toIsoString()})`,
    ),
  );
};

const inUnit = (value: Duration, unit: Unit): number => {
  if (unit === 'days') return value.toDays({ integral: false });
  if (unit === 'hours') return value.toHours({ integral: false });
  return unit === 'minutes' ? value.toMinutes({ integral: false }) : value.toSeconds({ integral: false });
};

/** An object of CDK, recognised by a property: `instanceof` fails where an app has two copies of the library. */
export const instanceWith = <T extends object>(property: keyof T & string, problem: string) =>
  v.custom<T>((value) => typeof value === 'object' && value !== null && property in value, problem);

/** What mail servers accept in practice; AWS sends a confirmation message in any case. */
export const isEmail = (value: string): boolean => /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@.,;<>"]+$/.test(value);

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/56`. */
export function isCidr(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** A URL to which a fragment can be appended. */
export const isWebAddress = (value: string): boolean =>
  /^https?:\/\/[^\s#]+$/.test(value) && URL.canParse(value);
