import { deflateRawSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';

/** A bundle in memory. */
export interface Bundled {
  readonly code: Uint8Array;
  /** Package → its bytes in the bundle. What is in no package is `own code`. */
  readonly weights: Readonly<Record<string, number>>;
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
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(path);
      weights[name] = (weights[name] ?? 0) + bytesInOutput;
    }
  }
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), weights };
}

const packageOf = (path: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'own code';

/** Bytes of a bundle in the archive that is uploaded. */
export const zippedBytes = ({ code }: Pick<Bundled, 'code'>): number => deflateRawSync(code).length;
