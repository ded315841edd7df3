import type { Command } from 'commander';

/** One verb as completion sees it: its words so far, and what may follow. */
interface Place {
  /** `events list`; empty for the program itself. */
  path: string;
  verbs: string[];
  options: string[];
}

const STAGES = 'local dev prod';

/** A script for the shell, made from the verbs and options that there are. */
export function completionScript(program: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const places = [...walk(program, [])];
  if (shell === 'fish') return fish(program.name(), places);
  const body = bash(program.name(), places);
  return shell === 'bash' ? body : zsh(program.name(), body);
}

function* walk(command: Command, path: string[]): Generator<Place> {
  yield {
    path: path.join(' '),
    verbs: [
      ...command.commands.map((sub) => sub.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ],
    options: command.options.flatMap(({ long }) => (long ? [long] : [])).concat('--help'),
  };
  for (const sub of command.commands) yield* walk(sub, [...path, sub.name()]);
}

function bash(name: string, places: Place[]): string {
  const cases = places.map(
    ({ path, verbs, options }) => `    "${path}") words="${[...verbs, ...options].join(' ')}" ;;`,
  );
  const paths = places.map(({ path }) => path).filter(Boolean);
  return `# ${name} completion
_${safe(name)}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""
  if [ "$previous" = "--stage" ]; then
    COMPREPLY=($(compgen -W "${STAGES}" -- "$current"))
    return
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.map((path) => `"${path}"`).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _${safe(name)} ${name}
`;
}

/** zsh runs the bash function through its own compatibility layer. */
const zsh = (name: string, body: string): string =>
  `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${body}`;

function fish(name: string, places: Place[]): string {
  const lines = places.flatMap(({ path, verbs, options }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const unless =
      verbs.length > 0 && path !== '' ? `; and not __fish_seen_subcommand_from ${verbs.join(' ')}` : '';
    return [
      ...verbs.map((verb) => `complete -c ${name} -f -n '${condition}${unless}' -a ${verb}`),
      ...options.map((option) => `complete -c ${name} -f -n '${condition}' -l ${option.slice(2)}`),
    ];
  });
  return `${lines.join('\n')}\ncomplete -c ${name} -f -l stage -x -a '${STAGES}'\n`;
}

const safe = (name: string): string => name.replaceAll('-', '_');
