import { isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';

/** A text that passes a test; what CloudFormation knows only later passes. */
export const text = (test: (value: string) => boolean, problem: string) =>
  v.pipe(
    v.string(),
    v.check(
      (value) => Token.isUnresolved(value) || test(value),
      ({ input }) => `"${input}" ${problem}`,
    ),
  );

/** A list without duplicates. */
export const each = (item: v.GenericSchema<string>) =>
  v.pipe(
    v.array(item),
    v.check((items) => new Set(items).size === items.length, 'names one entry twice'),
  );

export const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      ({ input }) => `must be a whole number from ${least} to ${most}, not ${input}`,
    ),
  );

/** What mail servers take in practice; AWS sends a mail for confirmation in any case. */
export const isEmail = (value: string): boolean => /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@.,;<>"]+$/.test(value);

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/56`. */
export function isCidr(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** An address to which an anchor is added. */
export const isWebAddress = (value: string): boolean =>
  /^https?:\/\/[^\s#]+$/.test(value) && URL.canParse(value);
