import type { Argument, Command, Option } from 'commander';
import { positive } from '../cli/values.ts';
import type { Words } from './call.ts';

/** The part of JSON Schema that tools need. */
type Property = Record<string, unknown> & { type: string };

export interface ToolSchema {
  [key: string]: unknown;
  type: 'object';
  properties: Record<string, Property>;
  required: string[];
  additionalProperties: false;
}

/** The call says where; its caller may not. */
const OF_THE_CALL = ['stage', 'region', 'profile', 'name', 'json', 'yes'];

/** `--start-again` is `start_again`, and `--no-wait` is `no_wait`. */
const propertyOf = ({ long, name }: Option): string => (long?.slice(2) ?? name()).replaceAll('-', '_');

/** What a verb takes, as the schema of a tool: its arguments, and its options except those that are left out. */
export function schemaOf(command: Command, without: readonly string[]): ToolSchema {
  const hidden = new Set([...OF_THE_CALL, ...without]);
  const options = command.options.filter((option) => !hidden.has(propertyOf(option).replace(/^no_/, '')));
  const { registeredArguments: args } = command;
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...args.map((one) => [one.name(), argument(one)]),
      ...options.map((one) => [propertyOf(one), property(one)]),
    ]),
    required: [
      ...args.filter(({ required }) => required).map((one) => one.name()),
      ...options.filter(({ mandatory }) => mandatory).map(propertyOf),
    ],
    additionalProperties: false,
  };
}

const argument = ({ description, variadic }: Argument): Property =>
  variadic ? { type: 'array', items: { type: 'string' }, description } : { type: 'string', description };

function property({ description, required, optional, parseArg, defaultValue, argChoices }: Option): Property {
  if (!required && !optional) return { type: 'boolean', description };
  if (Array.isArray(defaultValue)) return { type: 'array', items: { type: 'string' }, description };
  if (parseArg === positive) return { type: 'integer', minimum: 1, description, ...preset(defaultValue) };
  if (typeof defaultValue === 'number') return { type: 'number', description, ...preset(defaultValue) };
  return { type: 'string', description, ...(argChoices && { enum: argChoices }), ...preset(defaultValue) };
}

const preset = (value: unknown): object => (value === undefined ? {} : { default: value });

type Given = Readonly<Record<string, unknown>>;

/**
 * What an agent has given, as the words of a call.
 * @param given values that fit the schema of the verb
 * @param always names of options that are set besides
 */
export function wordsOf(command: Command, given: Given, always: readonly string[] = []): Words {
  const names = command.registeredArguments.map((one) => one.name());
  const values = given as Readonly<Record<string, string | string[] | number | boolean>>;
  const flags = Object.entries(values).filter(([name]) => !names.includes(name));
  return {
    flags: Object.fromEntries([
      ...flags.map(([name, value]) => [name.replaceAll('_', '-'), value]),
      ...always.map((name) => [name, true]),
    ]),
    args: names.flatMap((name) => values[name] ?? []).map(String),
  };
}
