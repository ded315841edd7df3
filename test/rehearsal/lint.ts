import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARTITIONS, type Partition } from '../lib/support/partitions.ts';
import type { Template } from '../lib/support/synth.ts';

const IGNORED = {
  W3005: 'CDK declares dependencies that a reference already implies',
};
/** By partition, besides. */
const IGNORED_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'aws-eusc': {
    E3512:
      'the principals that cfn-lint knows are of aws, aws-cn and aws-us-gov; policies are the same there, and are checked',
  },
};

/** Regions where the templates must be valid; cfn-lint knows what each offers. */
const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'];

/**
 * Runs cfn-lint over full templates.
 *
 * @returns the findings, one per line; empty if nothing was found
 */
export const lint = (templates: Readonly<Record<string, Template>>, folder: string): string =>
  run(templates, { folder, regions: REGIONS, ignored: Object.keys(IGNORED) });

/** The same over a template for one region of a partition. */
export const lintIn = (partition: Partition, template: Template, folder: string): string =>
  run(
    { [partition]: template },
    {
      folder,
      regions: [PARTITIONS[partition][0]],
      ignored: [IGNORED, IGNORED_IN[partition] ?? {}].flatMap(Object.keys),
    },
  );

interface Options {
  folder: string;
  regions: readonly string[];
  ignored: readonly string[];
}

function run(templates: Readonly<Record<string, Template>>, { folder, regions, ignored }: Options): string {
  const files = Object.entries(templates).map(([name, template]) => {
    const file = join(folder, `${name}.template.json`);
    writeFileSync(file, JSON.stringify(template));
    return file;
  });
  const { stdout, stderr } = spawnSync(
    'cfn-lint',
    ['--format', 'parseable', '--ignore-checks', ...ignored, '--regions', ...regions, '--', ...files],
    { encoding: 'utf8' },
  );
  return `${stdout}${stderr}`.trim();
}
