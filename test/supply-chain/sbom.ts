import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeBundle } from '../../bench/bundle.ts';
import { buildOptionsOf } from '../../lib/functions/build-options.ts';
import { handlerPath } from '../../lib/paths.ts';
import { ROOT, readText } from '../house/repository.ts';
import { nameAndVersion } from './lockfile.ts';

/** The part of a CycloneDX component that is read or written here. */
export interface Component {
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

/** CycloneDX 1.5, as npm writes it. */
export interface Sbom {
  readonly metadata: { readonly component: object };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const FUNCTIONS = ['verifier', 'processor', 'sweeper'];

/** The property that names the functions whose bundles contain code of a component. */
export const BUNDLES = 'cyberdesk-webhooks:bundles';

/** `name@version` → functions whose bundles contain code of it. The rules are the shipped ones, which import nothing. */
export async function readBundled(): Promise<Map<string, string[]>> {
  const bundled = new Map<string, string[]>();
  for (const name of FUNCTIONS) {
    const rules = name === 'processor' ? { rules: join(ROOT, 'test/app/follow-ups.ts') } : {};
    const { locations } = await makeBundle(buildOptionsOf({ entry: handlerPath(name), ...rules }));
    for (const component of [...locations].map(nameAndVersion))
      bundled.set(component, [...(bundled.get(component) ?? []), name]);
  }
  return bundled;
}

/**
 * What the functions are made of: the components that npm lists, without those that are in no bundle.
 *
 * @param bundled by `readBundled`
 *
 * Not `npm sbom --omit dev`: it also leaves out what is bundled, such as `@smithy/core`.
 */
export function makeSbom(bundled: ReadonlyMap<string, readonly string[]>): Sbom {
  const { metadata, components, dependencies, ...rest } = readWholeSbom();
  const { name, version } = JSON.parse(readText('package.json'));
  const root = `${name}@${version}`;
  const isKept = (ref: string) => ref === root || bundled.has(ref);
  return {
    ...rest,
    // By default npm takes the name of the folder.
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components: components.flatMap((component) => {
      const functions = bundled.get(component['bom-ref']);
      if (functions === undefined) return [];
      const property = { name: BUNDLES, value: functions.join(' ') };
      return { ...component, properties: [...component.properties, property] };
    }),
    dependencies: dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
}

/** Of all packages in the lockfile, development included. */
function readWholeSbom(): Sbom {
  const { stdout, stderr, status } = spawnSync(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 100_000_000, shell: process.platform === 'win32' },
  );
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
  return JSON.parse(stdout);
}
