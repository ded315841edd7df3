import { deflateRawSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';

/** A bundle in memory. */
export interface Bundled {
  readonly code: Uint8Array;
  /** Package → its bytes in the bundle. What is in no package is `own code`. */
  readonly weights: Readonly<Record<string, number>>;
  /** Where its packages are, as in package-lock.json: `node_modules/svix`. */
  readonly locations: ReadonlySet<string>;
}

/** @throws esbuild's BuildFailure */
export async function makeBundle(options: BuildOptions): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    ...options,
    outfile: 'index.mjs',
    sourcemap: false,
    metafile: true,
    write: false,
  });
  const weights: Record<string, number> = {};
  const locations = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(path);
      weights[name] = (weights[name] ?? 0) + bytesInOutput;
      const [, location] = LOCATION.exec(path) ?? [];
      if (location !== undefined && bytesInOutput > 0) locations.add(location);
    }
  }
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), weights, locations };
}

/** The folder of the innermost package, from the outermost `node_modules` on. */
const LOCATION = /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//;

const packageOf = (path: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'own code';

/** Bytes of a bundle in the archive that is uploaded. */
export const zippedBytes = ({ code }: Pick<Bundled, 'code'>): number => deflateRawSync(code).length;
