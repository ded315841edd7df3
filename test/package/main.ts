import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeInitApp, TOOLS } from './init-app.ts';
import { install, makeFolder, mustRun, pack, removeFolder } from './pack.ts';
import { synthesize } from './synthesize.ts';

/**
 * `npm run test:layouts`: the construct in apps whose `node_modules` is laid out in another way than npm's for one
 * package. Each is installed from the registry, and bundled.
 */
const folder = makeFolder();
const { '@types/node': types, tsx } = TOOLS;

try {
  const tarball = pack(folder);
  for (const [name, lay] of Object.entries({ workspaces: layWorkspaces, pnpm: layPnpm })) {
    const app = lay(join(folder, name), tarball);
    // As cdk.json of `cdk init` does.
    const args = [join(app, 'node_modules/tsx/dist/cli.mjs'), join(app, 'bin/clinic.ts')];
    if (!existsSync(args[0] ?? '')) args[0] = join(app, '../../node_modules/tsx/dist/cli.mjs');
    const bundle = synthesize(app, args, 'ClinicStack');
    if (!bundle.includes('notify-the-clinic'))
      throw new Error(`${name}: the bundle lacks the rules of the app`);
    console.log(`${name}: bundled`);
  }
} finally {
  removeFolder(folder);
}

/** Two apps in one repository: npm puts the package at the root, away from both. */
function layWorkspaces(root: string, tarball: string): string {
  const app = join(root, 'apps/clinic');
  mkdirSync(root);
  writeFileSync(join(root, 'package.json'), '{ "private": true, "workspaces": ["apps/*"] }');
  makeInitApp(app, tarball, { '@types/node': types, tsx });
  install(root);
  if (existsSync(join(app, 'node_modules/cyberdesk-webhooks')))
    throw new Error('npm did not hoist the package');
  return app;
}

/** Every package sees its own dependencies only. */
function layPnpm(root: string, tarball: string): string {
  const app = join(root, 'clinic');
  makeInitApp(app, tarball, { '@types/node': types, tsx });
  mustRun('npx', ['--yes', 'pnpm@10.20.0', 'install', '--ignore-scripts'], app);
  return app;
}
