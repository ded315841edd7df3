import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './support/command.ts';

/** A line up to the cursor, and its completions. Each with and without npx. */
const CASES: [line: string, found: string[]][] = [
  ['ev', ['events']],
  ['events re', ['replay']],
  ['dlq redrive --ra', ['--rate']],
  ['completion f', ['fish']],
  ['events list --stage p', ['prod']],
  ['events list --stage=p', ['prod']],
  ['events list --state ', ['failed', 'ignored', 'processed', 'received', 'unprocessable']],
  ['dlq list --status t', ['task_failed']],
  ['events replay --reason refus', ['refused']],
  ['send --file /etc/hostn', ['/etc/hostname']],
  // A value that is a verb is still a value.
  ['--name events dlq re', ['redrive']],
  ['queues --region e', []],
];
const STARTS = ['cyberdesk-webhooks', 'npx --no cyberdesk-webhooks', 'npx -y cyberdesk-webhooks'];
const LINES = STARTS.flatMap((start) =>
  CASES.map(([line, found]) => [`${start} ${line}`, found] as [string, string[]]),
);

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
let folder: string;
const script = (shell: string) => join(folder, shell);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'completion-'));
  for (const shell of SHELLS) await writeFile(script(shell), (await run(['completion', shell])).out);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a script in a shell that reads no configuration. */
function shell(name: (typeof SHELLS)[number], text: string): string[] {
  const plain = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] }[name];
  const { stdout, stderr } = spawnSync(name, [...plain, text], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

/** What bash finds: it passes a line, split at "=", to the function that is registered for its first word. */
function bash(line: string, { before = '' } = {}): string[] {
  const words = line.split(/ |(?==)|(?<==)/).map((word) => `'${word}'`);
  const [first = ''] = line.split(' ');
  return shell(
    'bash',
    `${before}
source ${script('bash')}
[[ "$(complete -p ${first})" =~ -F\\ ([^ ]+) ]] || exit
COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}
"\${BASH_REMATCH[1]}" ${first} 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`,
  ).sort();
}

it.each(SHELLS)('the script for %s knows verbs, options and closed lists of values', async (name) => {
  const { out } = await run(['completion', name]);
  for (const word of ['redrive', 'replan', 'revoke-previous', 'unprocessable', 'prod', 'task_failed'])
    expect(out).toContain(word);
});

describe('completion in bash', () => {
  it.each(LINES)('bash completes "%s"', (line, found) => {
    expect(bash(line)).toEqual(found);
  });

  const before = '_theirs() { COMPREPLY=("theirs $1"); }; complete -o nospace -F _theirs npx';

  it('the completion in bash passes other calls of npx to the previous completion, even if the script is sourced twice', () => {
    expect(bash('npx cdk de')).toEqual([]);
    for (const times of [before, `${before}\nsource ${script('bash')}`]) {
      expect(bash('npx cdk de', { before: times })).toEqual(['theirs npx']);
      expect(bash('npx cyberdesk-we', { before: times })).toEqual(['theirs npx']);
      expect(bash('npx --no cyberdesk-webhooks ev', { before: times })).toEqual(['events']);
    }
    const [spec] = shell('bash', `${before}\nsource ${script('bash')}\ncomplete -p npx`);
    expect(spec).toBe('complete -o nospace -F _cyberdesk_webhooks_npx npx');
  });

  it('the completion in bash leaves a completion of npx that is not a function alone', () => {
    const other = "complete -W 'cdk tsc' npx";
    expect(shell('bash', `${other}\nsource ${script('bash')}\ncomplete -p npx`)).toEqual([other]);
  });
});

describe.skipIf(!has('fish'))('completion in fish', () => {
  it.each(LINES)('fish completes "%s"', (line, found) => {
    // fish completes whole words, including their beginning.
    const whole = /--\w+=/.exec(line)?.[0] ?? '';
    const answers = shell('fish', `source ${script('fish')}; complete -C '${line}'`);
    expect(answers.sort()).toEqual(found.map((word) => whole + word));
  });
});

describe.skipIf(!has('zsh'))('completion in zsh', () => {
  /** The candidates before zsh selects among them; its completion system is stubbed. */
  const zsh = (line: string) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    return shell(
      'zsh',
      `compdef() { handlers[$2]=$1 }; typeset -A handlers _comps
_files() { print :file: }
compadd() { shift; print -l -- "$@" }
compset() { [[ "$words[CURRENT]" == --*=* ]] && IPREFIX="\${words[CURRENT]%%=*}=" }
source ${script('zsh')}
words=(${words.join(' ')}); CURRENT=$#words
$handlers[$words[1]]`,
    );
  };

  it.each(LINES)('zsh completes "%s"', (line, found) => {
    const start = /[^ =]*$/.exec(line)?.[0] ?? '';
    const candidates = zsh(line);
    if (candidates[0] !== ':file:')
      expect(candidates.filter((word) => word.startsWith(start)).sort()).toEqual(found);
    else expect(line).toContain('--file');
  });
});
