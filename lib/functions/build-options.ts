import type { BuildFailure, BuildOptions } from 'esbuild';
import { codePath } from '../paths.ts';

/** What a bundle is made from. */
export interface Sources {
  /** Absolute path of the handler. */
  readonly entry: string;
  /** Absolute path of the follow-ups file, if the function has rules. */
  readonly rules?: string | undefined;
  /** The handler is the customer's. */
  readonly isOwn?: boolean;
}

/** A bundle in the metadata of a stack, under the type {@link BUNDLE}: the local run makes it anew after an edit. */
export interface Bundle extends Sources {
  /** Folder of the bundle in the cloud assembly. */
  readonly asset: string;
}

export const BUNDLE = 'cyberdesk-webhooks:bundle';

/** The file in that folder. */
export const BUNDLE_FILE = 'index.mjs';

/**
 * Whether code of the customer's is in a bundle. Only such a bundle is deployed with its source map: theirs is the code that
 * throws, and a map costs every cold start of the verifier time.
 */
export const hasOwnCode = ({ rules, isOwn = false }: Sources): boolean => rules !== undefined || isOwn;

/** Where a debugger looks for the source map of a bundle that is deployed without it. */
export const MAP_COMMENT = `//# sourceMappingURL=${BUNDLE_FILE}.map`;

/** What CommonJS packages take for granted, and an ES module does not have. No name in the customer's code can be in its way. */
export const COMMON_JS =
  "import { createRequire as requireOfBundle } from 'node:module';" +
  'const require = requireOfBundle(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/** The file that a bundle begins with, and whose exports it has: never the customer's, as that may be CommonJS. */
export const entryOf = ({ entry, isOwn = false }: Sources): string =>
  isOwn ? codePath('lambda/adapters/own-handler') : entry;

/**
 * What replaces imports. For a handler of the customer's: the handler. For rules: the rules, and what they import of this
 * package. It must be this very copy of it, whichever one the rules would find (CommonJS, or another version), as the processor
 * recognises its classes. For the product's own code: what no function ever uses of the AWS SDK. Code of the customer's may use
 * any of it.
 *
 * @param pathOf The path of this package's code, if it is not in this copy.
 */
export function aliasesOf(sources: Sources, pathOf = codePath): Record<string, string> {
  const { rules } = sources;
  if (!hasOwnCode(sources)) return unusedParts();
  if (rules === undefined) return { '#handler': sources.entry };
  return {
    '#follow-ups': rules,
    'cyberdesk-webhooks/rules': pathOf('lambda/rules/index'),
    'cyberdesk-webhooks/cyberdesk': pathOf('lambda/cyberdesk/index'),
  };
}

/**
 * Lambda passes credentials in the environment, and a function one event at a time; no call has a stream of messages; no endpoint is
 * discovered; Node.js can hash; and of `node:process`, two names are needed.
 */
const unusedParts = () => ({
  '@aws-sdk/credential-provider-node': codePath('lambda/adapters/environment-credentials'),
  '@aws-sdk/middleware-endpoint-discovery': codePath('lambda/adapters/no-endpoint-discovery'),
  '@aws/lambda-invoke-store': codePath('lambda/adapters/no-invoke-store'),
  '@smithy/core/checksum': codePath('lambda/adapters/node-checksums'),
  '@smithy/core/event-streams': codePath('lambda/adapters/no-event-streams'),
  'fast-sha256': codePath('lambda/adapters/node-checksums'),
  'node:process': codePath('lambda/adapters/process-names'),
});

/** How esbuild makes a bundle: what CDK makes of `bundlingOf`, to the byte. */
export const buildOptionsOf = (sources: Sources): BuildOptions => ({
  entryPoints: [entryOf(sources)],
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  sourcesContent: false,
  logLevel: 'silent',
  alias: aliasesOf(sources),
  ...(hasOwnCode(sources)
    ? { sourcemap: true, banner: { js: COMMON_JS } }
    : { sourcemap: false, footer: { js: MAP_COMMENT } }),
});

/** What esbuild says first, in one line with the place; undefined if it is not esbuild that failed. */
export function messageOf(failure: unknown): string | undefined {
  const [first] = (failure as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return undefined;
  const { location, text } = first;
  // The file that lacks it is the one to edit, above all if it is that of the rules.
  const [, lacking] = /^No matching export in "(.*)" for import "default"$/.exec(text) ?? [];
  if (lacking !== undefined && location)
    return `${lacking}: it has no "export default", which ${location.file}:${location.line} imports`;
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
