import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from '../lib/support/synth.ts';

const IGNORED = {
  W3005: 'CDK declares dependencies that a reference already implies',
};

/** Regions where the templates must be valid; cfn-lint knows what each offers. */
const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'];

/**
 * Runs cfn-lint over full templates.
 *
 * @returns the findings, one per line; empty if nothing was found
 */
export function lint(templates: Record<string, Template>, folder: string): string {
  const files = Object.entries(templates).map(([name, template]) => {
    const file = join(folder, `${name}.template.json`);
    writeFileSync(file, JSON.stringify(template));
    return file;
  });
  const { stdout, stderr } = spawnSync(
    'cfn-lint',
    [
      '--format',
      'parseable',
      '--ignore-checks',
      ...Object.keys(IGNORED),
      '--regions',
      ...REGIONS,
      '--',
      ...files,
    ],
    { encoding: 'utf8' },
  );
  return `${stdout}${stderr}`.trim();
}
