import { confirm } from '../../ops/cli/ask.ts';
import { plural } from '../../ops/cli/plural.ts';
import { NotConfirmedError } from '../../ops/errors.ts';
import { commandLine } from '../../ops/stage/command-line.ts';
import { describeStack } from '../../ops/stage/deployed.ts';
import { toOperatorError } from '../../ops/stage/explain.ts';
import { obstacle, type StackState, stateOf } from '../../ops/stage/stack-state.ts';
import type { Answers } from './answers.ts';
import { NotDeployableError } from './errors.ts';
import { causesOf, liftProtection } from './failed-creation.ts';
import { findOrphans, type Orphan, removeOrphans } from './orphans.ts';
import type { Place } from './place.ts';
import { preFlight } from './pre-flight.ts';

/**
 * Looks at the stack and at what it needs before `cdk deploy` runs. What cannot be looked at stops nothing: cdk says why.
 *
 * @param find where it will be deployed
 * @throws NotDeployableError, NotConfirmedError
 */
export async function lookFirst(find: () => Promise<Place>, answers: Answers): Promise<void> {
  try {
    await look(await find(), answers);
  } catch (error) {
    if (error instanceof NotDeployableError || error instanceof NotConfirmedError) throw error;
    answers.io.err(`not looked at first: ${toOperatorError(error).message}\n`);
  }
}

async function look(place: Place, answers: Answers): Promise<void> {
  const stack = await describeStack(place.clients.cloudFormation, place.stackName);
  const state = stateOf(stack);
  if (state.kind === 'changing' || state.kind === 'stuck') {
    const { problem = '', next } = obstacle(state, place) ?? {};
    throw new NotDeployableError(problem, { next });
  }
  const isFirst = state.kind !== 'deployable';
  // What a rollback could not delete still belongs to the stack, and goes with it.
  const isFree = isFirst && !(state.kind === 'creation-failed' && state.status === 'ROLLBACK_FAILED');
  await preFlight(place, { isFirst, isFree }, answers);
  if (isFirst) await clearUp(place, state, answers);
}

/** What an earlier try has left: a stack that was rolled back, and empty tables. */
async function clearUp(place: Place, state: StackState, answers: Answers): Promise<void> {
  const orphans = await findOrphans(place).catch((error: unknown): Orphan[] => {
    answers.io.err(`tables of an earlier try were not looked for: ${toOperatorError(error).message}\n`);
    return [];
  });
  for (const { name, state: found } of orphans) {
    if (found === 'items') answers.io.err(leftAlone(name, place));
    if (found === 'unreadable') answers.io.err(unreadable(name, place));
  }
  const empty = orphans.filter(({ state: found }) => found === 'empty');
  if (state.kind === 'creation-failed') return startOver(place, { state, empty }, answers);
  if (
    empty.length > 0 &&
    (await agrees(
      answers,
      `An earlier try left ${tables(empty)} behind. This deletes ${empty.length > 1 ? 'them' : 'it'}.`,
    ))
  )
    await remove(place, empty, answers);
}

function leftAlone(name: string, { target }: Place): string {
  const restore = commandLine(target, ['restore'], { from: name, to: '<when its stack was deleted>' });
  return `left alone, as it holds items: table ${name}\n  next: after the deployment, copy them into the new table: ${restore}\n`;
}

function unreadable(name: string, { region }: Place): string {
  const commands = ['update-table --no-deletion-protection-enabled', 'delete-table'].map(
    (command) => `aws dynamodb ${command} --table-name ${name} --region ${region}`,
  );
  return `left alone, as it cannot be read (its key may have gone with the rollback): table ${name}\n  next: unless you need what is in it, ${commands.join(', then ')}\n`;
}

async function startOver(
  place: Place,
  { state, empty }: { state: StackState & { kind: 'creation-failed' }; empty: readonly Orphan[] },
  answers: Answers,
): Promise<void> {
  const { io, isYes } = answers;
  io.err(`${place.stackName}: ${state.status}. Its first deployment failed:\n`);
  for (const cause of await causesOf(place)) io.err(`  ${cause}\n`);
  const steps = [
    ...(state.isProtected ? ["lifts the stack's protection"] : []),
    ...(empty.length > 0 ? [`deletes ${tables(empty)} that it left behind`] : []),
    `lets cdk delete the stack${state.status === 'ROLLBACK_COMPLETE' ? ', which has nothing in it' : ' with what is left in it'}, and create it again`,
  ];
  if (!isYes) await confirm(io, `This ${steps.join(', ')}.`);
  if (state.isProtected) await liftProtection(place);
  await remove(place, empty, answers);
}

const tables = (orphans: readonly Orphan[]): string =>
  `${plural(orphans.length, 'empty table')} (${orphans.map(({ name }) => name).join(', ')})`;

async function remove(place: Place, empty: readonly Orphan[], { io }: Answers): Promise<void> {
  for (const name of await removeOrphans(place, empty, io.sleep)) io.err(`deleted table ${name}\n`);
}

/** Whether something may be done that a deployment does not depend on; without a terminal, only with --yes. */
async function agrees({ io, isYes }: Answers, what: string): Promise<boolean> {
  if (isYes) return true;
  try {
    await confirm(io, what);
    return true;
  } catch (error) {
    if (!(error instanceof NotConfirmedError)) throw error;
    io.err(`${error.message}\n`);
    return false;
  }
}
