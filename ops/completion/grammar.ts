import type { Command, Option } from 'commander';
import { EVENT_TYPE_NAMES } from '../../lambda/core/model/index.ts';
import { TERMINAL_STATUSES } from '../../lambda/cyberdesk/run-status.ts';
import { REASONS } from '../events/reasons.ts';
import { STAGE_NAMES } from '../stage/stage.ts';

export interface Place {
  /** Its words: `events list`; empty for the program itself. */
  path: string;
  /** What may follow: verbs, closed lists of arguments, options. */
  words: string[];
}

export interface Grammar {
  places: Place[];
  /** Options with a known list of values. */
  listed: Map<string, readonly string[]>;
  files: string[];
  /** Options whose value only the caller knows. */
  free: string[];
}

/** Values that are worth suggesting although others are allowed, too. */
const SUGGESTED: Record<string, readonly string[]> = {
  '--stage': STAGE_NAMES,
  '--status': TERMINAL_STATUSES,
  '--type': EVENT_TYPE_NAMES,
  '--reason': REASONS,
};

/** What can be completed. An option means the same for every verb that has it. */
export function grammarOf(program: Command): Grammar {
  const grammar: Grammar = { places: [], listed: new Map(), files: [], free: [] };
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

/**
 * The shell function that all scripts share: prints what may follow its words, or `:file:` where that is a file. Its
 * variable is not called `path`: in zsh that is PATH.
 */
export function wordsFunction({ places, listed, files, free }: Grammar): string {
  const paths = places.map(({ path }) => path).filter(Boolean);
  const valued = [...listed.keys(), ...files, ...free];
  return `_cyberdesk_webhooks_words() {
  local place="" previous="" word
  for word in "$@"; do
    case "$previous" in
      ${valued.join('|')}) previous=""; continue ;;
    esac
    previous="$word"
    case "\${place:+$place }$word" in
      ${paths.map((path) => `"${path}"`).join('|')}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$previous" in
${[...listed].map(([option, values]) => `    ${option}) echo "${values.join(' ')}"; return ;;`).join('\n')}
    ${files.join('|')}) echo ":file:"; return ;;
    ${free.join('|')}) return ;;
  esac
  case "$place" in
${places.map(({ path, words }) => `    "${path}") echo "${words.join(' ')}" ;;`).join('\n')}
  esac
}
`;
}
