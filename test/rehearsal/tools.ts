import { spawnSync } from 'node:child_process';

/** What the rehearsal needs besides Node; `.ci/run` says how to install it. */
const TOOLS = {
  'cfn-lint': ['cfn-lint', '--version'],
  moto: ['moto_server', '--help'],
  checkov: ['checkov', '--version'],
} as const;

/** Names of the missing tools. */
export const missingTools = (): string[] =>
  Object.entries(TOOLS)
    .filter(([, [command, option]]) => spawnSync(command, [option], { stdio: 'ignore' }).status !== 0)
    .map(([name]) => name);
