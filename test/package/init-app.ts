import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, mustRun } from './pack.ts';

/** Exact versions, so that no release of others turns the tests red; typescript 5 is what ts-jest accepts. */
export const TOOLS = {
  '@swc/core': '1.15.47',
  '@swc/jest': '0.2.39',
  '@types/jest': '30.0.0',
  '@types/node': '24.19.2',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  tsx: '4.23.0',
  typescript: '5.9.3',
};

/**
 * Makes the app that `cdk init` makes, with a stack of the package's construct and tests in place of the examples.
 * Nothing is installed.
 *
 * @param folder It is made. Named `clinic`, as `cdk init` derives names from it.
 * @param tools Its `devDependencies`.
 */
export function makeInitApp(folder: string, tarball: string, tools: Record<string, string> = TOOLS): void {
  mkdirSync(folder, { recursive: true });
  mustRun('cdk', ['init', 'app', '--language', 'typescript', '--generate-only'], folder);
  const manifest = join(folder, 'package.json');
  const { name, scripts } = JSON.parse(readFileSync(manifest, 'utf8'));
  const { 'aws-cdk-lib': cdk, constructs } = JSON.parse(readFileSync('package.json', 'utf8')).devDependencies;
  const dependencies = { 'aws-cdk-lib': cdk, constructs, 'cyberdesk-webhooks': `file:${tarball}` };
  writeFileSync(
    manifest,
    JSON.stringify({ name, private: true, scripts, dependencies, devDependencies: tools }),
  );
  cpSync(join(APPS, 'init'), folder, { recursive: true });
  // Under their own names Vitest would take them for tests of this repository.
  for (const test of ['clinic', 'follow-ups']) {
    renameSync(join(folder, `test/${test}-test.ts`), join(folder, `test/${test}.test.ts`));
  }
}
