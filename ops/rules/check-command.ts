import { SECOND } from '../../lambda/core/model/index.ts';
import { type Call, EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { hint, showResult } from '../cli/show.ts';
import { parseSince } from '../cli/time.ts';
import { positive } from '../cli/values.ts';
import { nameableIn } from '../stage/nameable.ts';
import { RULES_FILE } from '../stage/own-files.ts';
import { requireCyberdesk } from '../stage/secrets.ts';
import { findWorkflows } from '../types/read-workflows.ts';
import { Workshop } from './bundles.ts';
import { type Checked, type RuleProblem, RulesCheck } from './check.ts';
import { closing, processorOf, rulesIn } from './rehearsal.ts';
import { fileSamples, schemaSamples, storedSamples } from './samples.ts';

interface CheckOptions {
  since: string;
  limit: number;
  rules: string;
  samples?: string;
}

type CheckCall = StageCall<CheckOptions>;

export const checkCommand = stageVerb({
  name: 'check',
  description:
    'compares the inputs that your rules give with the schemas of the workflows that they start, and what they name with the stage; exit code 1 if any do not fit',
  examples: ['rules check --stage dev', 'rules check --stage prod --since 30d'],
  options: (command) =>
    command
      .option('--since <time>', 'also asks about the events received since', '7d')
      .option('--limit <count>', 'maximum number of such events, the newest first', positive, 1000)
      .option('--rules <file>', 'your rules; stages.ts is read beside them', RULES_FILE)
      .option('--samples <path>', 'also asks about the webhooks and runs in the JSON files of this folder'),
  check: ({ io, options }: Call<CheckOptions>) => parseSince(options.since, '--since', io.now()),
  run,
});

async function run(call: CheckCall): Promise<ExitCode> {
  const { io, stage, options } = call;
  const now = io.now();
  const client = await requireCyberdesk(stage);
  const { workflowIds, ...names } = await nameableIn(stage, options.rules);
  const workflows = await findWorkflows(stage, client, workflowIds);
  const since = parseSince(options.since, '--since', now);
  const stored = await storedSamples(stage, since, now, options.limit);
  const samples = [...schemaSamples(workflows.found), ...fileSamples(options.samples), ...stored];
  const check = new RulesCheck(stage, client, workflows);
  const workshop = new Workshop();
  try {
    const place = { stage, processor: await processorOf(stage), workshop };
    await closing(rulesIn(options.rules, place), async (rules) => {
      await check.checkNames(rules, names);
      await check.check(rules, samples);
    });
  } finally {
    workshop.remove();
  }
  const { result } = check;
  showResult(call, { ...result, duration_ms: io.now() - now }, () => show(call, result, io.now() - now));
  return result.problems.length > 0 ? EXIT.finding : EXIT.ok;
}

function show({ io }: CheckCall, { samples, bodies, without_schema, problems }: Checked, took: number): void {
  for (const problem of problems) io.out(`${lineOf(problem)}\n`);
  if (problems.length > 0) io.out('\n');
  const made = `${bodies} ${bodies === 1 ? 'body' : 'bodies'}`;
  const count = problems.length === 0 ? 'all fit' : plural(problems.length, 'problem');
  io.out(
    `${plural(samples, 'sample')}, ${made} compared with a schema in ${(took / SECOND).toFixed(1)} s: ${count}\n`,
  );
  if (without_schema > 0) hint(io, `not compared, as the workflow has no input schema: ${without_schema}`);
}

function lineOf({ rule, workflow, path = '', expected, sample, samples }: RuleProblem): string {
  const about = [rule && `rule ${rule}`, workflow && `workflow ${workflow}`].filter(Boolean).join(', ');
  const where = path === '' ? '' : ` ${path.slice(1).replaceAll('/', '.')}`;
  const also = samples > 1 ? ` and ${samples - 1} more` : '';
  const after = sample === undefined ? '' : `  (${sample}${also})`;
  return `${about}:${where} ${expected}${after}`;
}
