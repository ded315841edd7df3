import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';

// `npm run build`: JavaScript for the published package, as Node does not strip types inside node_modules.
rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
// The console's page is served, and the completion scripts are read, as they are.
cpSync('ops/console/page', 'dist/ops/console/page', { recursive: true });
cpSync('ops/completion', 'dist/ops/completion', {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});
process.exitCode = status ?? 1;
