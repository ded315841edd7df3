import { beforeAll, expect, it } from 'vitest';
import { readRepository } from '../house/repository.ts';
import { LOCKED } from './lockfile.ts';
import { BUNDLES, makeSbom, readBundled, type Sbom } from './sbom.ts';

/** Licences that ask for no more than their own text: what is shipped has no others. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

const isPermissive = (license: string | undefined): boolean => PERMISSIVE.includes(license ?? '');

let bundled: ReadonlyMap<string, readonly string[]>;
let sbom: Sbom;
beforeAll(async () => {
  bundled = await readBundled();
  sbom = makeSbom(bundled);
});

it('the SBOM lists what is in the bundles, each with its version, and nothing else', () => {
  const { components } = sbom;

  expect(components.map((component) => component['bom-ref']).sort()).toEqual([...bundled.keys()].sort());
  expect(bundled.get('svix@2.5.0')).toEqual(['verifier']);
  for (const { purl, properties, ...component } of components) {
    expect(decodeURIComponent(purl)).toBe(`pkg:npm/${component['bom-ref']}`);
    const functions = properties.find(({ name }) => name === BUNDLES)?.value;
    expect(functions).toBe(bundled.get(component['bom-ref'])?.join(' '));
  }
});

it('every dependency in the SBOM is between components of the SBOM', () => {
  const { components, dependencies } = sbom;
  const refs = components.map((component) => component['bom-ref']);
  const named = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);

  expect(named.filter((ref) => !refs.includes(ref) && !ref.startsWith('cyberdesk-webhooks@'))).toEqual([]);
  expect(dependencies.length).toBeGreaterThan(refs.length);
});

it('every package that the published one installs has a permissive licence', () => {
  const shipped = Object.entries(LOCKED).filter(
    ([location, { dev, devOptional, link }]) =>
      location.startsWith('node_modules/') && !dev && !devOptional && !link,
  );

  expect(shipped.length).toBeGreaterThan(20);
  expect(shipped.filter(([, { license }]) => !isPermissive(license))).toEqual([]);
});

it('what is shipped imports only packages with permissive licences', () => {
  const imported = readRepository()
    .filter(({ path }) => /^(bin|lambda|lib|ops)\//.test(path))
    .flatMap(({ path, packages }) => packages.map(({ name }) => ({ path, name })))
    .map(({ path, name }) => ({ path, name: /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name }))
    .filter(({ name }) => !name.startsWith('node:'));
  const others = imported.filter(({ name }) => {
    const locked = LOCKED[`node_modules/${name}`];
    return locked !== undefined && !isPermissive(locked.license);
  });

  expect(imported.map(({ name }) => name)).toContain('svix');
  expect(others).toEqual([]);
});

it('a package under the AGPL is among those for development, and is recognised as such', () => {
  const { license, dev } = LOCKED['node_modules/@cloud-copilot/iam-simulate'] ?? {};

  expect(dev).toBe(true);
  expect(isPermissive(license)).toBe(false);
});
