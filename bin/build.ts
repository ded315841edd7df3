import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';

// `npm run build`: what the published package carries. Node strips no types inside node_modules, so that is JavaScript.
rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// The console's page is served as it is.
cpSync('ops/console/page', 'dist/ops/console/page', { recursive: true });
process.exitCode = status ?? 1;
