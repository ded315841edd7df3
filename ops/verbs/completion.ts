import { Argument, Command } from 'commander';
import { type Context, EXIT, withExamples } from '../cli/command.ts';
import { completionScript } from '../cli/completion.ts';

/** `completion` */
export function completionCommand(context: Context, program: () => Command): Command {
  const command = new Command('completion')
    .description('prints a completion script for a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']));
  withExamples(command, [
    'completion bash >> ~/.bashrc',
    'completion zsh > ~/.zfunc/_cyberdesk-webhooks',
    'completion fish > ~/.config/fish/completions/cyberdesk-webhooks.fish',
  ]);
  return command.action((shell: 'bash' | 'zsh' | 'fish') => {
    context.io.out(completionScript(program(), shell));
    context.exitCode = EXIT.ok;
  });
}
