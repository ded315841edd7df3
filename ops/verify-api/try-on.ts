import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import type { Call } from '../cli/command.ts';
import { warn, withProgress } from '../cli/progress.ts';
import { isoTime } from '../cli/time.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { sendsWebhooks } from '../workflows/read.ts';
import type { TriedApi } from './api.ts';
import { judge, knownFor } from './judge.ts';
import { keepTrial, type Trial } from './kept.ts';
import { markRun } from './mark.ts';
import { type Started, startedInWords } from './started.ts';
import { type TrialOptions, tryApi } from './try-api.ts';

interface Tried {
  api: TriedApi;
  /** The workflow, as the API describes it. */
  found: WorkflowResponse;
  options: TrialOptions;
  /** Filled while it lasts. */
  started: Started;
}

/**
 * Tries the API, marks what that starts, and keeps the result. Whether or not it succeeds, it says what it leaves behind
 * that the rules may act on.
 *
 * @throws TrialRefusedError, NotReachableError
 */
export async function tryOn(
  stage: AuditedStage,
  call: Call,
  { api, found, options, started }: Tried,
): Promise<{ trial: Trial; runIds: string[] }> {
  const { io } = call;
  const { ages, workflow } = options;
  const about = { ...options, stage: stage.name, isSeen: sendsWebhooks(found) };
  const say = (left: Started) => {
    const { notes, warning } = startedInWords(left, about);
    for (const note of notes) io.err(`${note}\n`);
    if (warning !== undefined) warn(io, warning);
  };
  try {
    const seen = await withProgress(call, (update) => {
      update(`trying for ${ages.at(-1)} s`);
      return tryApi(api, options, io, (id) => mark(stage, call, started, id));
    });
    const trial = {
      at: isoTime(io.now()),
      workflow_id: workflow,
      key_seconds: knownFor(seen),
      results: judge(seen, ages),
    };
    await keepTrial(stage, trial);
    // The result names what is marked, and a list that shows the marks has shown every run.
    say({ ...started, marked: [], unnamed: seen.unnamed === undefined ? api.failed : 0 });
    return { trial, runIds: seen.runIds };
  } catch (error) {
    say({ ...started, unnamed: api.failed });
    throw error;
  }
}

async function mark(stage: AuditedStage, { io }: Call, started: Started, id: string): Promise<void> {
  started.unmarked.push(id);
  if (!(await markRun(stage, id, io.now())))
    return warn(io, `an action of ${stage.name} has adopted run ${id}`);
  started.unmarked.splice(started.unmarked.indexOf(id), 1);
  started.marked.push(id);
}
