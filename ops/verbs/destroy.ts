import type { Command } from 'commander';
import { confirm, confirmByName } from '../cli/ask.ts';
import { type Context, EXIT, type StageOptions, verb } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { progress } from '../cli/progress.ts';
import { showJson } from '../cli/show.ts';
import { checkDestroyable, type Destroyed, destroyStage } from '../destroy/destroy.ts';
import { checkName } from '../destroy/guard.ts';
import { BadArgumentError, StackNotDeployedError } from '../errors.ts';
import { asksFirst, type FoundStage, stackNameOf } from '../stage/stage.ts';

interface DestroyOptions extends StageOptions {
  confirm?: string;
}

/** `destroy` */
export function destroyCommand(context: Context): Command {
  const description =
    'takes a stage away, with its events and secrets; never one that is called prod or live';
  const command = verb('destroy', description, [
    'destroy --stage dev',
    'destroy --stage test --confirm CyberdeskWebhooks-test',
  ])
    .option('-y, --yes', 'do not ask (for scripts; enough for dev alone)')
    .option('--confirm <stack>', "the stack's name, instead of the question (for scripts)");
  const { io } = context;
  return command.action(async () => {
    const options = command.opts<DestroyOptions>();
    check(options);
    const stage = await findOrNone(context, options);
    if (!stage) return;
    await checkDestroyable(stage);
    await ask(io, stage, options);
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

/** @throws StageProtectedError, BadArgumentError */
function check(options: DestroyOptions): void {
  checkName(options);
  const stack = stackNameOf(options.stage, options.name);
  if (options.confirm === undefined || options.confirm === stack) return;
  throw new BadArgumentError(`--confirm "${options.confirm}" is not what would be deleted, which is ${stack}`);
}

/** What is gone already is what was wanted: undefined, and told. */
async function findOrNone(context: Context, options: DestroyOptions): Promise<FoundStage | undefined> {
  try {
    return await context.find(options);
  } catch (error) {
    if (!(error instanceof StackNotDeployedError)) throw error;
    const none: Destroyed = { stack: stackNameOf(options.stage, options.name), removed: [], left: [] };
    const where = error.region || 'this region';
    if (options.json) showJson(context.io, none);
    else context.io.out(`nothing to remove: there is no stack ${none.stack} in ${where} of this account\n`);
    return undefined;
  }
}

/** @throws NotConfirmedError */
async function ask(io: Io, stage: FoundStage, options: DestroyOptions): Promise<void> {
  if (options.confirm !== undefined) return;
  const what = `This deletes ${stage.stackName} in ${stage.region}: its URL, events and secrets are lost.`;
  if (asksFirst(stage)) await confirmByName(io, what, stage.stackName, '--confirm');
  else if (!options.yes) await confirm(io, what);
}
