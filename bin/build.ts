import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Folders of the entries in package.json. */
const ENTRIES = [
  'lib',
  ...['cyberdesk', 'delivery', 'rules', 'sdk', 'testing'].map((name) => `lambda/${name}`),
];

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
await buildCommonJs('dist/cjs');
process.exitCode = status ?? 1;

/**
 * What apps import, once more as CommonJS: most CDK apps are CommonJS, and jest and `module: node16` cannot require an ES
 * module. File by file, so that the entry points share their classes.
 */
async function buildCommonJs(outdir: string): Promise<void> {
  const entryPoints = ENTRIES.map((folder) => `dist/${folder}/index.js`);
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir,
    write: false,
    metafile: true,
  });
  await build({
    entryPoints: Object.keys(metafile.inputs),
    outbase: 'dist',
    outdir,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  for (const folder of ['lib', 'lambda']) {
    cpSync(`dist/${folder}`, `${outdir}/${folder}`, {
      recursive: true,
      filter: (path) => !path.endsWith('.js'),
    });
  }
  writeFileSync(`${outdir}/package.json`, '{ "type": "commonjs" }\n');
}
