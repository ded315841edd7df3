import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { hint, showResult } from '../cli/show.ts';
import { OperatorError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { workflowIdsOf } from '../stage/nameable.ts';
import { RULES_FILE } from '../stage/own-files.ts';
import { requireCyberdesk } from '../stage/secrets.ts';
import { blocksOf, generate } from './generate.ts';
import { readWorkflows } from './read-workflows.ts';

const GENERATED_FILE = 'cyberdesk.generated.ts';

interface TypesOptions {
  rules: string;
  check?: boolean;
}

type TypesCall = StageCall<TypesOptions>;

export const typesCommand = stageVerb({
  name: 'types',
  description: `writes ${GENERATED_FILE}: the types of your workflows' inputs and outputs, for the rules`,
  examples: ['types --stage dev', 'types --stage dev --check'],
  options: (command) =>
    command
      .option('--rules <file>', 'the rules; the file with the types is written beside it', RULES_FILE)
      .option('--check', 'write nothing; exit code 1 if the file is not up to date'),
  run,
});

/** How a workflow's types differ from those in the file. Field names are part of `--json`. */
interface Change {
  workflow: string;
  change: 'added' | 'removed' | 'changed';
}

async function run(call: TypesCall): Promise<ExitCode> {
  const { stage, options } = call;
  const ids = await workflowIdsOf(stage, options.rules);
  if (Object.keys(ids).length === 0) {
    throw new OperatorError(`stage "${stage.name}" has no workflows`, {
      next: 'name the workflows of your rules in the stage settings: workflowIds: { invoice: "<id>" }',
    });
  }
  const workflows = await readWorkflows(stage, await requireCyberdesk(stage), ids);
  const file = join(dirname(resolve(options.rules)), GENERATED_FILE);
  const text = await generate(workflows, importOf(dirname(file)));
  const before = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r', '') : '';
  const result = {
    file: relative(process.cwd(), file),
    workflows: workflows.map(({ name }) => name),
    changes: changesBetween(before, text),
    up_to_date: before === text,
  };
  if (!options.check) writeFileSync(file, text);
  showResult(call, result, () => show(call, result));
  return options.check && before !== text ? EXIT.finding : EXIT.ok;
}

/** A clone imports its own sources, an app of one's own the package. */
const importOf = (folder: string): string =>
  existsSync(join(folder, 'lambda/rules/index.ts')) ? './lambda/rules/index.ts' : 'cyberdesk-webhooks/rules';

function changesBetween(before: string, after: string): Change[] {
  const [old, fresh] = [blocksOf(before), blocksOf(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return names.flatMap((workflow): Change[] => {
    const [was, is] = [old.get(workflow), fresh.get(workflow)];
    if (was === is) return [];
    if (was === undefined) return [{ workflow, change: 'added' }];
    return [{ workflow, change: is === undefined ? 'removed' : 'changed' }];
  });
}

interface Result {
  file: string;
  workflows: string[];
  changes: Change[];
  up_to_date: boolean;
}

function show(
  { io, stage, options, given }: TypesCall,
  { file, workflows, changes, up_to_date }: Result,
): void {
  for (const { workflow, change } of changes) io.out(`${change.padEnd(7)}  ${workflow}\n`);
  const types = `the types of ${plural(workflows.length, 'workflow')}`;
  if (up_to_date) io.out(`${file} has ${types}, and is up to date\n`);
  else if (!options.check) io.out(`wrote ${types} to ${file}\n`);
  else {
    io.out(`${file} is not up to date\n`);
    const { check: _check, ...others } = given;
    hint(io, `next: "${commandLine(stage.target, ['types'], others)}", then "npx tsc"`);
  }
}
