import { basename } from 'node:path';
import { BUNDLE_FILE, buildOptionsOf, type Sources } from './build-options.ts';

/** A bundle made anew, with the source map that it is deployed without. */
export interface MappedBundle {
  readonly code: Uint8Array;
  /** Source map, version 3, as JSON. Its paths are relative to the folder of `outfile`. */
  readonly map: string;
}

/**
 * Makes a bundle and its source map from the sources as they are now. Compare the code with what is deployed: only then
 * the map belongs to it.
 *
 * @param outfile Absolute path that the bundle is taken to have; nothing is written.
 * @throws esbuild's BuildFailure
 */
export async function buildWithMap(sources: Sources, outfile: string): Promise<MappedBundle> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...buildOptionsOf(sources),
    sourcemap: 'external',
    outfile,
    write: false,
  });
  const [code, map] = [BUNDLE_FILE, `${BUNDLE_FILE}.map`].map((name) =>
    outputFiles.find(({ path }) => basename(path) === name),
  );
  if (code === undefined || map === undefined) throw new Error(`esbuild made no ${BUNDLE_FILE} with a map`);
  return { code: code.contents, map: map.text };
}
