import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, buildOptionsOf } from '../lib/functions/build-options.ts';
import { API_URL, environmentOf, functionOverrides } from '../local/sandbox/environment.ts';
import { readAssembly } from '../local/template/assembly.ts';
import { readBundles } from '../local/template/bundles.ts';
import { readFunctions } from '../local/template/read-functions.ts';
import { StackReader } from '../local/template/stack-reader.ts';
import { PROJECT_ROOT, synthesize } from '../local/template/synth.ts';
import { makeBundle } from './bundle.ts';
import type { Subject } from './probe.ts';

/** The functions as they are deployed: bundle, environment and memory of the synthesized template. */
export interface Deployed extends Record<'verifier' | 'processor' | 'sweeper', Subject> {
  /** What the bundles are made from, by function. */
  readonly sources: Readonly<Record<string, Bundle>>;
}

/**
 * @param app absolute path of the file that synthesizes
 * @param urls where the functions find their services
 */
export async function readDeployed(app: string, urls: { aws: string; cyberdesk: string }): Promise<Deployed> {
  const { directory } = await synthesize(PROJECT_ROOT, 'dev', { app });
  const { template, place, assetDirectory } = await readAssembly(directory, 'dev');
  const functions = readFunctions(new StackReader(template, place, urls.aws), assetDirectory);
  const bundles = readBundles(directory);
  const subject = (name: string): Subject => {
    const fn = functions.find(({ label }) => label === name);
    if (fn === undefined) throw new Error(`the stack has no function "${name}"`);
    const env = environmentOf(fn, {
      region: place.region,
      runtimeApi: '127.0.0.1:9',
      awsUrl: urls.aws,
      logStream: 'bench',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench', sessionToken: 'bench' },
      overrides: {
        ...functionOverrides(fn, {}),
        ...(fn.environment[API_URL] && { [API_URL]: urls.cyberdesk }),
      },
    });
    const file = join(fn.codeDirectory, fn.handler.replace(/\..*/, '.mjs'));
    return { name, file, env, memoryMb: fn.memoryMb };
  };
  const sources = functions.flatMap(({ label, codeDirectory }) =>
    bundles.filter(({ asset }) => asset === codeDirectory).map((bundle) => [label, bundle] as const),
  );
  return {
    verifier: subject('verifier'),
    processor: subject('processor'),
    sweeper: subject('sweeper'),
    sources: Object.fromEntries(sources),
  };
}

/** What the verifier is compared with, made with the same options: minified, no alias, no source map. */
export const makeComparator = (name: 'express' | 'floor') =>
  makeBundle(buildOptionsOf({ entry: join(import.meta.dirname, 'comparators', `${name}.ts`), isOwn: true }));

/** A module in a file of its own. */
export function writeSubject(name: string, code: Uint8Array, like: Omit<Subject, 'name' | 'file'>): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'index.mjs');
  writeFileSync(file, code);
  return { ...like, name, file };
}
