import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUNDLE_FILE } from '../../lib/functions/build-options.ts';
import { buildWithMap } from '../../lib/functions/source-map.ts';
import { readBundles } from './bundles.ts';
import type { StackModel } from './model.ts';

/** Puts the source map of a bundle that is deployed without one beside it, for a debugger. */
export async function writeSourceMap({ functions, templateFile }: StackModel, label: string): Promise<void> {
  const folder = functions.find((fn) => fn.label === label)?.codeDirectory;
  const bundle = readBundles(dirname(templateFile)).find(({ asset }) => asset === folder);
  if (bundle === undefined) return;
  const file = join(bundle.asset, `${BUNDLE_FILE}.map`);
  if (existsSync(file)) return;
  const { map } = await buildWithMap(bundle, join(bundle.asset, BUNDLE_FILE));
  writeFileSync(file, map);
}
