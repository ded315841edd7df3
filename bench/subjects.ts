import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, buildOptionsOf } from '../lib/functions/build-options.ts';
import { API_URL, environmentOf, functionOverrides } from '../local/sandbox/environment.ts';
import { readAssembly } from '../local/template/assembly.ts';
import { readBundles } from '../local/template/bundles.ts';
import type { FunctionModel } from '../local/template/model.ts';
import { readFunctions } from '../local/template/read-functions.ts';
import { StackReader } from '../local/template/stack-reader.ts';
import { PROJECT_ROOT, synthesize } from '../local/template/synth.ts';
import { type Bundled, makeBundle } from './bundle.ts';
import type { Subject } from './probe.ts';

const STAGE = 'dev';

/** The functions as they are deployed: bundles and environment of the synthesized template. */
export interface Deployed {
  readonly verifier: Subject;
  readonly processor: Subject;
  readonly sweeper: Subject;
  /** What the bundles are made from, by function. */
  readonly sources: Readonly<Record<string, Bundle>>;
  release(): void;
}

/** Where the functions find their services. */
export interface Urls {
  readonly aws: string;
  readonly cyberdesk: string;
}

/** @param app absolute path of the file that synthesizes */
export async function readDeployed(app: string, urls: Urls): Promise<Deployed> {
  const { directory, release } = await synthesize(PROJECT_ROOT, STAGE, { app });
  const { template, place, assetDirectory } = await readAssembly(directory, STAGE);
  const functions = readFunctions(new StackReader(template, place, urls.aws), assetDirectory);
  const bundles = readBundles(directory);
  const sources = functions.flatMap(({ label, codeDirectory }) =>
    bundles.filter(({ asset }) => asset === codeDirectory).map((bundle) => [label, bundle] as const),
  );
  const subjectOf = (label: string): Subject => {
    const fn = functions.find((each) => each.label === label);
    if (fn === undefined) throw new Error(`the stack has no function "${label}"`);
    const file = join(fn.codeDirectory, fn.handler.replace(/\..*/, '.mjs'));
    return { name: label, file, env: deployedEnvironment(fn, urls), memoryMb: fn.memoryMb };
  };
  return {
    verifier: subjectOf('verifier'),
    processor: subjectOf('processor'),
    sweeper: subjectOf('sweeper'),
    sources: Object.fromEntries(sources),
    release,
  };
}

const deployedEnvironment = (fn: FunctionModel, urls: Urls): Record<string, string> =>
  environmentOf(fn, {
    region: 'us-east-1',
    runtimeApi: '127.0.0.1:9',
    awsUrl: urls.aws,
    logStream: 'bench',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench', sessionToken: 'bench' },
    overrides: {
      ...functionOverrides(fn, {}),
      ...(fn.environment[API_URL] !== undefined && { [API_URL]: urls.cyberdesk }),
    },
  });

const COMPARATORS = {
  express: fileURLToPath(new URL('comparators/express.ts', import.meta.url)),
  floor: fileURLToPath(new URL('comparators/floor.ts', import.meta.url)),
  empty: fileURLToPath(new URL('comparators/empty.ts', import.meta.url)),
};

/** What the verifier is compared with, made with the same options: minified, no alias, no source map. */
export const makeComparator = (name: keyof typeof COMPARATORS) =>
  makeBundle(buildOptionsOf({ entry: COMPARATORS[name], isOwn: true }));

/** A bundle in a file of its own, with the environment and the memory of the verifier. */
export function writeSubject(
  name: string,
  { code }: Bundled,
  verifier: Pick<Subject, 'env' | 'memoryMb'>,
): Subject {
  const file = join(mkdtempSync(join(tmpdir(), 'cyberdesk-bench-')), 'index.mjs');
  writeFileSync(file, code);
  return { ...verifier, name, file };
}
