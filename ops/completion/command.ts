import { Argument, Command } from 'commander';
import { type Context, withExamples } from '../cli/command.ts';
import { type Grammar, grammarOf } from './grammar.ts';
import { bashScript, fishScript, zshScript } from './scripts.ts';

const SHELLS = new Map<string, (grammar: Grammar) => string>([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

const FOOTER = `
It completes "npx cyberdesk-webhooks …" and leaves everything else after npx to what completed it before. In
bash that must be a function, or nothing; in zsh the script must be sourced by ~/.zshrc: from a file in fpath,
zsh would use it for the bare name only.`;

export function completionCommand(context: Context): Command {
  const command = new Command('completion')
    .description('prints a completion script for a shell; it also completes after npx')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices([...SHELLS.keys()]));
  withExamples(command, [
    'completion bash >> ~/.bashrc',
    'completion zsh >> ~/.zshrc',
    'completion fish > ~/.config/fish/conf.d/cyberdesk-webhooks.fish',
  ]).addHelpText('after', FOOTER);
  return command.action((shell: string) => {
    const script = SHELLS.get(shell)?.(grammarOf(command.parent ?? command)) ?? '';
    context.io.out(script);
  });
}
