import type { Command, Option } from 'commander';
import { TERMINAL_STATUSES } from '../../lambda/cyberdesk/run-status.ts';
import { REASONS } from '../events/reasons.ts';
import { STAGE_NAMES } from '../stage/stage.ts';

/** One verb as completion sees it. */
export interface Place {
  /** Its words: `events list`; empty for the program itself. */
  path: string;
  /** What may follow: verbs, closed lists of arguments, options. */
  words: string[];
}

/** All that a shell must know about the command. */
export interface Grammar {
  name: string;
  places: Place[];
  /** Options with a known list of values. */
  listed: Map<string, readonly string[]>;
  /** Options whose value is a file. */
  files: string[];
  /** Options whose value only the caller knows. */
  free: string[];
}

/** Values that are worth suggesting although others are allowed, too. */
const SUGGESTED: Record<string, readonly string[]> = {
  '--stage': STAGE_NAMES,
  '--status': TERMINAL_STATUSES,
  '--reason': REASONS,
};

/** What can be completed. An option means the same for every verb that has it. */
export function grammarOf(program: Command): Grammar {
  const grammar: Grammar = { name: program.name(), places: [], listed: new Map(), files: [], free: [] };
  visit(program, [], grammar);
  return grammar;
}

function visit(command: Command, path: string[], grammar: Grammar): void {
  const verbs = command.commands.map((sub) => sub.name());
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const options = command.options.flatMap(({ long }) => (long ? [long] : []));
  grammar.places.push({ path: path.join(' '), words: [...verbs, ...choices, ...options, '--help'] });
  for (const option of command.options) sort(option, grammar);
  for (const sub of command.commands) visit(sub, [...path, sub.name()], grammar);
}

function sort({ long, required, optional, argChoices, flags }: Option, grammar: Grammar): void {
  if (!long || !(required || optional)) return;
  const values = argChoices ?? SUGGESTED[long];
  if (values) grammar.listed.set(long, values);
  else add(/<(path|file)>$/.test(flags) ? grammar.files : grammar.free, long);
}

const add = (list: string[], name: string): unknown => list.includes(name) || list.push(name);
