import { Argument, Command } from 'commander';
import { type Context, EXIT, withExamples } from '../cli/command.ts';
import { completionScript, SHELLS, type Shell } from '../cli/completion/script.ts';

/** `completion` */
export function completionCommand(context: Context, program: () => Command): Command {
  const shells = Object.keys(SHELLS);
  const command = new Command('completion')
    .description('prints a completion script for a shell; it completes after npx, too')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells));
  withExamples(command, [
    'completion bash >> ~/.bashrc',
    'completion zsh >> ~/.zshrc',
    'completion fish > ~/.config/fish/conf.d/cyberdesk-webhooks.fish',
  ]);
  command.addHelpText(
    'after',
    '\nIt completes "npx cyberdesk-webhooks …" and leaves all else after npx to what completed it before. In bash\nthat must be a function, or nothing; in zsh the script must be read by ~/.zshrc: from a file of fpath zsh\nwould take the bare name alone.',
  );
  return command.action((shell: Shell) => {
    context.io.out(completionScript(program(), shell));
    context.exitCode = EXIT.ok;
  });
}
