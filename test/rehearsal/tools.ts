import { spawnSync } from 'node:child_process';

/** What the rehearsal needs besides Node: `pip install cfn-lint 'moto[server]'`. */
const TOOLS = { 'cfn-lint': ['cfn-lint', '--version'], moto: ['moto_server', '--help'] } as const;

/** Names of the missing tools. */
export const missingTools = (): string[] =>
  Object.entries(TOOLS)
    .filter(([, [command, option]]) => spawnSync(command, [option], { stdio: 'ignore' }).status !== 0)
    .map(([name]) => name);
