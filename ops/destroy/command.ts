import { confirm, confirmByName } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, verb } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { hint, showResult } from '../cli/show.ts';
import { BadArgumentError, StackNotDeployedError } from '../errors.ts';
import { asksFirst, type FoundStage, stackNameOf } from '../stage/stage.ts';
import { checkDestroyable, checkNames, type Destroyed, destroyStage } from './destroy.ts';

type DestroyCall = Call<{ confirm?: string }>;

export const destroyCommand = verb({
  name: 'destroy',
  description:
    'deletes a stage, with its events and secrets; never one that is called prod, production or live',
  examples: ['destroy --stage dev', 'destroy --stage test'],
  options: (command) =>
    command
      .option('-y, --yes', 'do not ask (for scripts; enough for dev only)')
      .option('--confirm <stack>', "the stack's name, instead of the question (for scripts)"),
  check,
  run: destroy,
});

async function destroy(call: DestroyCall): Promise<ExitCode> {
  const stage = await findOrNone(call);
  if (!stage) return EXIT.ok;
  await checkDestroyable(stage);
  await ask(call, stage);
  const result = await withProgress(call, (onProgress) => destroyStage(stage, { onProgress }));
  showResult(call, result, () => show(call, result));
  return result.left.length > 0 ? EXIT.finding : EXIT.ok;
}

function show({ io }: DestroyCall, { stack, left }: Destroyed): void {
  io.out(`${stack} has been deleted\n`);
  for (const { type, physicalId } of left) io.out(`left behind: ${type} ${physicalId}\n`);
  hint(io, "next: remove the endpoint in Cyberdesk's dashboard, or Svix keeps calling it");
}

/** @throws StageProtectedError, BadArgumentError */
function check({ options }: DestroyCall): void {
  const stack = stackNameOf(options.stage, options.name);
  checkNames(options.stage, stack);
  if (options.confirm === undefined || options.confirm === stack) return;
  throw new BadArgumentError(
    `--confirm "${options.confirm}" does not name the stack to be deleted, which is ${stack}`,
  );
}

/** The stage; undefined, after saying so, if it does not exist: then nothing is left to do. */
async function findOrNone(call: DestroyCall): Promise<FoundStage | undefined> {
  const { io, options } = call;
  try {
    return await call.find(options);
  } catch (error) {
    if (!(error instanceof StackNotDeployedError)) throw error;
    const none: Destroyed = { stack: stackNameOf(options.stage, options.name), removed: [], left: [] };
    const where = error.region || 'this region';
    showResult(call, none, () =>
      io.out(`nothing to delete: stack ${none.stack} does not exist in ${where} of this account\n`),
    );
    return undefined;
  }
}

/** @throws NotConfirmedError */
async function ask({ io, options }: DestroyCall, stage: FoundStage): Promise<void> {
  if (options.confirm !== undefined) return;
  const what = `This deletes ${stage.stackName} in ${stage.region}: its URL, events and secrets are lost.`;
  if (asksFirst(stage)) await confirmByName(io, what, stage.stackName, '--confirm');
  else if (!options.yes) await confirm(io, what);
}
