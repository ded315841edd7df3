import type { Command } from 'commander';
import { confirm } from '../cli/ask.ts';
import { type Context, EXIT, type StageOptions, verb } from '../cli/command.ts';
import { progress } from '../cli/progress.ts';
import { showJson } from '../cli/show.ts';
import { checkDestroyable, destroyStage } from '../destroy/destroy.ts';

/** `destroy` */
export function destroyCommand(context: Context): Command {
  const command = verb('destroy', 'takes a dev stage away, with its events and secrets; never prod', [
    'destroy --stage dev',
  ]).option('-y, --yes', 'do not ask (for scripts)');
  const { io } = context;
  return command.action(async () => {
    const options = command.opts<StageOptions>();
    const stage = await context.find(options);
    await checkDestroyable(stage);
    if (!options.yes) {
      await confirm(
        io,
        `This deletes ${stage.stackName} in ${stage.region}: its URL, events and secrets are lost.`,
      );
    }
    const line = progress(io, !options.json);
    const result = await destroyStage(stage, { onProgress: line.update }).finally(() => line.done());
    if (options.json) showJson(io, result);
    else {
      io.out(`${result.stack} is gone\n`);
      for (const { type, physicalId } of result.left) io.out(`left behind: ${type} ${physicalId}\n`);
      io.out(
        io.color.dim("next: remove the endpoint in Cyberdesk's dashboard, or Svix goes on calling it\n"),
      );
    }
    context.exitCode = result.left.length > 0 ? EXIT.finding : EXIT.ok;
  });
}
