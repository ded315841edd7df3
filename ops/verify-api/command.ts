import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirm } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { warn, withProgress } from '../cli/progress.ts';
import { showResult, table, tinted } from '../cli/show.ts';
import { isoTime, parseDuration } from '../cli/time.ts';
import { uuid } from '../cli/values.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { parseObject } from '../json.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import { readApiKey } from '../stage/secrets.ts';
import { asksFirst, type Stage } from '../stage/stage.ts';
import { announce } from './announce.ts';
import { TriedApi } from './api.ts';
import { judge, knownFor } from './judge.ts';
import { type Finding, keepTrial, type Trial } from './kept.ts';
import { markRun } from './mark.ts';
import { AGES, tryApi } from './try-api.ts';

interface VerifyOptions {
  workflow: string;
  correlate?: string;
  inputs: string;
  longest?: string;
  yesProd?: boolean;
}

type VerifyCall = AuditedCall<VerifyOptions>;

export const verifyApiCommand = auditedVerb<VerifyOptions>({
  name: 'verify-api',
  description:
    "starts a run to verify the assumptions about Cyberdesk's API; exit code 1 if one does not hold",
  examples: [
    'verify-api --workflow 7d3f… --correlate tag',
    'verify-api --workflow 7d3f… --inputs \'{"a": 12}\'',
  ],
  options: (command) =>
    command
      .requiredOption('--workflow <id>', 'workflow to start: choose a harmless one', uuid)
      .option(
        '--correlate <input>',
        'an input of the workflow to write a marker to, as correlate does in rules',
      )
      .option('--inputs <json>', 'inputs that the workflow needs, as a JSON object', '{}')
      .option('--longest <duration>', 'also reuse the key after this long, e.g. 1h')
      .option('-y, --yes', 'do not ask before runs are started (with the fake API it never asks)')
      .option('--yes-prod', 'start runs in a stage other than local and dev'),
  check: ({ options }: Call<VerifyOptions>) => {
    readInputs(options);
    agesOf(options);
  },
  run,
});

async function run(call: VerifyCall): Promise<ExitCode> {
  const { io, stage, options } = call;
  const inputs = readInputs(options);
  checkStage(stage, options);
  const api = await connect(call);
  const { workflow, correlate } = options;
  const about = await announce(stage, api, { workflow, correlate, seconds: agesOf(options).at(-1) ?? 0 });
  if (isFake(stage) || options.yes || options.yesProd) io.err(`${about}\n`);
  else await confirm(io, about);
  const { trial, runIds } = await call.onRecord(
    `workflow ${workflow}`,
    (audited) => tryOn(audited, call, api, inputs),
    ({ runIds: runs }) => `${plural(runs.length, 'run')} started: ${runs.join(' ')}`,
  );
  showResult(call, { ...trial, run_ids: runIds }, () => show(call, trial));
  return trial.results.some(({ state }) => state === 'broken') ? EXIT.finding : EXIT.ok;
}

async function tryOn(stage: AuditedStage, call: VerifyCall, api: TriedApi, inputs: Record<string, unknown>) {
  const { io, options } = call;
  const { workflow, correlate } = options;
  const onRun = async (id: string) => {
    if (!(await markRun(stage, id, io.now()))) warn(io, `an action of ${stage.name} has adopted run ${id}`);
  };
  const ages = agesOf(options);
  const seen = await withProgress(call, (update) => {
    update(`trying for ${ages.at(-1)} s`);
    return tryApi(api, { workflow, inputs, correlate, ages }, io, onRun);
  });
  const results = judge(seen, ages);
  const trial = { at: isoTime(io.now()), workflow_id: workflow, key_seconds: knownFor(seen), results };
  await keepTrial(stage, trial);
  return { trial, runIds: seen.runIds };
}

/** The local run's own API: nothing that is started there does anything. */
const isFake = ({ isLocal, hasFakeApi = false }: Stage): boolean => isLocal && hasFakeApi;

/** @throws BadArgumentError, OperatorError */
function checkStage(stage: Stage, { yesProd }: VerifyOptions): void {
  if (asksFirst(stage) && !yesProd) {
    throw new BadArgumentError(`verify-api starts real runs, which ${stage.name} should not be used for`, {
      next: 'use dev with the same organisation, or add --yes-prod',
    });
  }
  if (stage.outputs.idempotencyKeySeconds !== undefined) return;
  throw new OperatorError(
    `${stage.stackName} was deployed from an earlier release, whose rules would act on these runs`,
    {
      next: 'deploy this release first',
    },
  );
}

/** @throws OperatorError while the API key is not set */
const connect = async ({ io, stage }: VerifyCall): Promise<TriedApi> =>
  new TriedApi(await readApiKey(stage), stage.outputs.cyberdeskApiUrl, io);

/** @throws BadArgumentError */
function readInputs({ inputs }: VerifyOptions): Record<string, unknown> {
  const value = parseObject(inputs);
  if (value) return value;
  throw new BadArgumentError('--inputs is not a JSON object', { next: `use e.g. --inputs '{"name": 1}'` });
}

/** Ages of the key in seconds. @throws BadArgumentError */
function agesOf({ longest }: VerifyOptions): number[] {
  const seconds = longest === undefined ? 0 : parseDuration(longest, '--longest') / 1000;
  return [...AGES, ...(seconds > Math.max(...AGES) ? [seconds] : [])];
}

const TONES: Record<Finding['state'], string> = {
  holds: 'ok',
  weak: 'warning',
  broken: 'problem',
  not_tried: 'ignored',
};

function show({ io, stage }: VerifyCall, { results }: Trial): void {
  io.out(
    table(io, results, [
      { title: 'ASSUMPTION', value: ({ check }) => check },
      { title: 'RESULT', value: ({ state }) => tinted(io, TONES[state], state.replaceAll('_', ' ')) },
      { title: 'SEEN', value: ({ text }) => text },
    ]),
  );
  for (const next of new Set(results.flatMap(({ next }) => next ?? []))) io.out(`next: ${next}\n`);
  io.out(`stored; "${commandLine(stage.target, ['doctor'])}" shows this result from now on\n`);
}
