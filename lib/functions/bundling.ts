import { createRequire } from 'node:module';
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildFailure, BuildOptions } from 'esbuild';
import { BundleError } from './bundle-error.ts';

/** What a bundle is made from. */
export interface Sources {
  /** Absolute path of the handler. */
  readonly entry: string;
  /** Absolute path of the follow-ups file, if the function has rules. */
  readonly rules?: string | undefined;
  /** The handler is the customer's. */
  readonly isOwn?: boolean;
}

/** What CommonJS packages take for granted, and an ES module does not have. No name in the customer's code can be in its way. */
const COMMON_JS =
  "import { createRequire as requireOfBundle } from 'node:module';" +
  'const require = requireOfBundle(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/** How a function is bundled. Only the customer's code may import packages that are not the product's. */
export const bundlingOf = ({ rules, isOwn = false }: Sources): BundlingOptions => ({
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  minify: true,
  sourceMap: true,
  // Positions are enough for a stack trace; with sources the map would be five times as large.
  sourcesContent: false,
  target: 'node24',
  // `withExplanation` reports a mistake in one line.
  logLevel: LogLevel.SILENT,
  ...((rules || isOwn) && { banner: COMMON_JS }),
  ...(rules && { esbuildArgs: { '--alias:#follow-ups': rules } }),
});

/**
 * Makes a function, which bundles it.
 *
 * @throws BundleError that says in one line why it cannot be bundled
 */
export function withExplanation<T>(sources: Sources, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const explanation = explain(sources);
    if (explanation === undefined) throw error;
    throw new BundleError(explanation, { cause: error });
  }
}

/** What esbuild says about these sources: CDK lets it print, but does not say what it printed. */
function explain({ entry, rules }: Sources): string | undefined {
  const options: BuildOptions = {
    entryPoints: [entry],
    ...(rules && { alias: { '#follow-ups': rules } }),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  };
  try {
    // Only now: an app that bundles nothing needs no esbuild.
    const esbuild: typeof import('esbuild') = createRequire(import.meta.url)('esbuild');
    esbuild.buildSync(options);
    return undefined;
  } catch (failure) {
    const [first] = (failure as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) return undefined;
    const { location, text } = first;
    return location ? `${location.file}:${location.line}: ${text}` : text;
  }
}
