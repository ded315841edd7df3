import { basename, dirname, join, resolve } from 'node:path';
import type { Question } from '../../lambda/core/plan/index.ts';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { workflowIdsOf } from '../stage/nameable.ts';
import { deployedProcessor } from '../stage/processor.ts';
import type { Stage } from '../stage/stage.ts';
import { Asker, type StageNames } from './asker.ts';
import type { Workshop } from './bundles.ts';
import { checkOut } from './check-out.ts';

type Settings = Pick<Question, 'stage' | 'workflowIds' | 'maxFollowUpDepth'>;

/** An event about which rules are asked. */
export type AskedEvent = Pick<Question, 'event' | 'body' | 'depth' | 'retries'>;

/** Rules that can be asked about stored events, with the settings of a stage. */
export interface Rehearsal {
  /** What becomes of each event. */
  ask(events: readonly AskedEvent[]): ReturnType<Asker['ask']>;
  /** What each rule would ask for, were it the only one. */
  askEach(events: readonly AskedEvent[]): ReturnType<Asker['ask']>;
  /** What the rules name that a stage does not have, in words, by the name of the rule. */
  misnamed(stage: Pick<StageNames, 'destinations' | 'sensitiveSecretArns'>): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** The processor of a stage: its settings, and where its bundle is. */
export interface Processor {
  environment: Readonly<Record<string, string>>;
  bundle(workshop: Workshop): Promise<string>;
}

/** @throws NoProcessorError */
export async function processorOf(stage: Stage): Promise<Processor> {
  const { processor } = stage;
  if (processor) return { environment: processor.environment, bundle: async () => processor.bundle };
  const { environment, codeUrl } = await deployedProcessor(stage);
  return { environment, bundle: (workshop) => workshop.download(codeUrl) };
}

const settingsOf = ({ environment }: Processor): Settings => ({
  stage: processorEnvironment.stage.read(environment),
  workflowIds: processorEnvironment.workflowIds.read(environment),
  maxFollowUpDepth: processorEnvironment.maxFollowUpDepth.read(environment),
});

/** The rules that a stage runs. @throws RulesUnusableError */
export async function deployedRules(processor: Processor, workshop: Workshop): Promise<Rehearsal> {
  const bundle = await processor.bundle(workshop);
  return rehearsal(
    await Asker.load('the deployed rules', bundle, processor.environment),
    settingsOf(processor),
  );
}

/** The rules in a file, with the workflow ids of the settings beside it. @throws RulesUnusableError */
export async function rulesIn(
  file: string,
  { stage, processor, workshop }: { stage: Stage; processor: Processor; workshop: Workshop },
): Promise<Rehearsal> {
  const workflowIds = await workflowIdsOf(stage, file);
  const asker = await Asker.load(
    `the rules in ${file}`,
    await workshop.bundle('the rules', resolve(file)),
    {},
  );
  return rehearsal(asker, { ...settingsOf(processor), workflowIds });
}

/** The rules of a commit, as those in a file. @throws RulesUnusableError, BadArgumentError */
export async function rulesAt(
  ref: string,
  file: string,
  { stage, processor, workshop }: { stage: Stage; processor: Processor; workshop: Workshop },
): Promise<Rehearsal> {
  const root = checkOut(ref, dirname(resolve(file)), workshop.folder);
  const there = join(root, basename(file));
  const workflowIds = await workflowIdsOf(stage, there);
  const what = `the rules of ${ref}`;
  const asker = await Asker.load(what, await workshop.bundle(what, there, root), {});
  return rehearsal(asker, { ...settingsOf(processor), workflowIds });
}

function rehearsal(asker: Asker, settings: Settings): Rehearsal {
  const ask = (events: readonly AskedEvent[], apart: boolean) =>
    asker.ask(
      events.map(({ event, body, depth, retries }) => {
        const { event_id, type } = event;
        return { ...settings, event: { event_id, type }, body, depth, retries, apart };
      }),
    );
  return {
    ask: (events) => ask(events, false),
    askEach: (events) => ask(events, true),
    misnamed: (names) => asker.misnamed({ ...settings, ...names }),
    close: () => asker.close(),
  };
}

/** Works with rules, and closes them in the end. */
export async function closing<T>(
  loading: Promise<Rehearsal>,
  work: (rules: Rehearsal) => Promise<T>,
): Promise<T> {
  const rules = await loading;
  try {
    return await work(rules);
  } finally {
    await rules.close();
  }
}
