import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirm } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode } from '../cli/command.ts';
import { showResult, table, tinted } from '../cli/show.ts';
import { parseDuration } from '../cli/time.ts';
import { uuid } from '../cli/values.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { parseObject } from '../json.ts';
import { commandLine } from '../stage/command-line.ts';
import { readApiKey } from '../stage/secrets.ts';
import { asksFirst, type Stage } from '../stage/stage.ts';
import { announce } from './announce.ts';
import { TriedApi } from './api.ts';
import type { Finding, Trial } from './kept.ts';
import { nothingStarted, startedInBrief } from './started.ts';
import { AGES } from './try-api.ts';
import { tryOn } from './try-on.ts';

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
  const ages = agesOf(options);
  const found = await api.workflow(workflow);
  const about = announce(stage, found, { workflow, correlate, seconds: ages.at(-1) ?? 0 });
  if (isFake(stage) || options.yes || options.yesProd) io.err(`${about}\n`);
  else await confirm(io, about);
  const started = nothingStarted(io.now());
  const { trial, runIds } = await call.onRecord(
    `workflow ${workflow}`,
    (audited) =>
      tryOn(audited, call, { api, found, options: { workflow, correlate, inputs, ages }, started }),
    ({ runIds: runs }) => startedInBrief(runs),
    () => startedInBrief([...started.marked, ...started.unmarked], api.failed),
  );
  showResult(call, { ...trial, run_ids: runIds }, () => show(call, trial));
  return trial.results.some(({ state }) => state === 'broken') ? EXIT.finding : EXIT.ok;
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
