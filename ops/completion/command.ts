import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { type Context, withExamples } from '../cli/command.ts';
import { grammarOf, wordsFunction } from './grammar.ts';

/**
 * The shells, each with a script beside this file. After `npx` a script completes if this command is the next word, and
 * leaves everything else to what completed `npx` before.
 *
 * - bash: from 3.2 on. If `npx` is completed without a function, it is left alone.
 * - zsh: to be sourced by ~/.zshrc. As a file in `fpath` it completes the bare name only: zsh loads it for no other.
 * - fish: a file in conf.d. Its suggestions after `npx` appear beside those of other completions.
 */
const SHELLS = ['bash', 'zsh', 'fish'];

const FOOTER = `
It completes the command after npx as well, and leaves everything else after npx
to what completed it before. In bash that must be a function, or nothing; in zsh
the script must be sourced by ~/.zshrc: from a file in fpath, zsh would use it
for the bare name only.`;

export function completionCommand(context: Context): Command {
  const command = new Command('completion')
    .description('prints a completion script for a shell; it also completes after npx')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(SHELLS));
  withExamples(command, [
    'completion bash >> ~/.bashrc',
    'completion zsh >> ~/.zshrc',
    'completion fish | source',
  ]).addHelpText('after', FOOTER);
  return command.action((shell: string) => {
    const script = readFileSync(join(import.meta.dirname, `completion.${shell}`), 'utf8');
    const words = wordsFunction(grammarOf(command.parent ?? command));
    context.io.out(script.replace('# WORDS\n', () => words));
  });
}
