import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { BUNDLE, BUNDLE_FILE, type Bundle } from '../../lib/functions/build-options.ts';

/** What the bundles in a cloud assembly are made from, with the absolute path of each bundle's folder. */
export function readBundles(directory: string): Bundle[] {
  const { stacks } = new CloudAssembly(directory);
  const found = stacks.flatMap((stack) => stack.findMetadataByType(BUNDLE).map(({ data }): unknown => data));
  const bundles = found
    .filter(isBundle)
    .map((bundle) => ({ ...bundle, asset: resolve(directory, bundle.asset) }));
  // Only the stack of the stage is bundled.
  return bundles.filter(({ asset }) => existsSync(join(asset, BUNDLE_FILE)));
}

const isBundle = (data: unknown): data is Bundle =>
  typeof data === 'object' && data !== null && 'asset' in data && 'entry' in data;
