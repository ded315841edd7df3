import { createRequire } from 'node:module';
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import {
  aliasesOf,
  BUNDLE,
  type Bundle,
  buildOptionsOf,
  COMMON_JS,
  hasOwnCode,
  MAP_COMMENT,
  messageOf,
  type Sources,
} from './build-options.ts';
import { BundleError } from './bundle-error.ts';

/** How a function is bundled. Only the customer's code may import packages that are not the product's. */
export const bundlingOf = (sources: Sources): BundlingOptions => ({
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  minify: true,
  // Positions are enough for a stack trace; with sources the map would be five times as large.
  sourcesContent: false,
  target: 'node24',
  // `withExplanation` reports a mistake in one line.
  logLevel: LogLevel.SILENT,
  esbuildArgs: aliasArguments(sources),
  ...(hasOwnCode(sources)
    ? { sourceMap: true, banner: COMMON_JS }
    : { sourceMap: false, footer: MAP_COMMENT }),
});

const aliasArguments = (sources: Sources): Record<string, string> =>
  Object.fromEntries(Object.entries(aliasesOf(sources)).map(([from, to]) => [`--alias:${from}`, to]));

/**
 * Makes a function, which bundles it, and notes beside the template what its bundle is made from.
 *
 * @throws BundleError that says in one line why it cannot be bundled
 */
export function withExplanation<T extends Construct>(sources: Sources, make: () => T): T {
  try {
    const made = make();
    const code = made.node.tryFindChild('Code');
    if (code instanceof Asset)
      made.node.addMetadata(BUNDLE, { ...sources, asset: code.assetPath } satisfies Bundle);
    return made;
  } catch (error) {
    const explanation = explain(sources);
    if (explanation === undefined) throw error;
    throw new BundleError(explanation, { cause: error });
  }
}

/** What esbuild says about these sources: CDK lets it print, but does not say what it printed. */
function explain(sources: Sources): string | undefined {
  try {
    // Only now: an app that bundles nothing needs no esbuild.
    const esbuild: typeof import('esbuild') = createRequire(import.meta.url)('esbuild');
    esbuild.buildSync({ ...buildOptionsOf(sources), write: false });
    return undefined;
  } catch (failure) {
    return messageOf(failure);
  }
}
