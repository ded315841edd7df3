import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readText } from '../house/repository.ts';
import type { Template } from '../lib/support/synth.ts';

/** The ids of checkov in the first column of the page. */
export const documentedIds = (page = readText('docs/security/findings.md')): string[] =>
  [...page.matchAll(/^\| `(CKV_AWS_\d+)` \|/gm)].map(([, id]) => id ?? '');

/** Checkov's findings beside those that the page explains. */
export interface Compared {
  readonly found: readonly string[];
  readonly undocumented: readonly string[];
  /** On the page, but not found in either. */
  readonly outdated: readonly string[];
}

/** Compares what checkov finds in a stage with defaults, and in one with every setting, with the page. */
export function compareWithPage(defaults: Template, everySetting: Template): Compared {
  const found = [...new Set([defaults, everySetting].flatMap(failedChecks))].sort();
  const documented = documentedIds();
  return {
    found,
    undocumented: found.filter((id) => !documented.includes(id)),
    outdated: documented.filter((id) => !found.includes(id)),
  };
}

/** Ids of the checks that fail. @throws Error if checkov cannot read the template, or finds nothing to check */
function failedChecks(template: Template): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-checkov-'));
  const file = join(folder, 'stack.template.json');
  writeFileSync(file, JSON.stringify(template));
  const options = ['--framework', 'cloudformation', '--skip-download', '--quiet', '--compact'];
  const { stdout, stderr } = spawnSync('checkov', [...options, '--output', 'json', '--file', file], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  rmSync(folder, { recursive: true, force: true });
  const { summary, results } = parse(stdout, stderr);
  if (!summary || summary.passed === 0 || summary.parsing_errors > 0)
    throw new Error(`checkov could not check the template: ${stderr || stdout.slice(0, 300)}`);
  return [...new Set((results?.failed_checks ?? []).map(({ check_id }) => check_id))];
}

interface Report {
  readonly summary?: { readonly passed: number; readonly parsing_errors: number };
  readonly results?: { readonly failed_checks: readonly { readonly check_id: string }[] };
}

function parse(stdout: string, stderr: string): Report {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`checkov reported no JSON: ${stderr || stdout.slice(0, 300)}`, { cause: error });
  }
}
