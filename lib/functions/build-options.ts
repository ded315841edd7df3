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

/** What CommonJS packages take for granted, and an ES module does not have. No name in the customer's code can be in its way. */
export const COMMON_JS =
  "import { createRequire as requireOfBundle } from 'node:module';" +
  'const require = requireOfBundle(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/**
 * What replaces imports: the rules, and what they import of this package. It must be this very copy of it, whichever one
 * the rules would find (CommonJS, or another version), as the processor recognises its classes.
 */
export const aliasesOf = (rules: string): Record<string, string> => ({
  '#follow-ups': rules,
  'cyberdesk-webhooks/rules': codePath('lambda/rules/index'),
  'cyberdesk-webhooks/cyberdesk': codePath('lambda/cyberdesk/index'),
});

/** How esbuild makes a bundle: what CDK makes of `bundlingOf`, to the byte. */
export const buildOptionsOf = ({ entry, rules, isOwn = false }: Sources): BuildOptions => ({
  entryPoints: [entry],
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'silent',
  ...((rules || isOwn) && { banner: { js: COMMON_JS } }),
  ...(rules && { alias: aliasesOf(rules) }),
});

/** What esbuild says first, in one line with the place; undefined if it is not esbuild that failed. */
export function messageOf(failure: unknown): string | undefined {
  const [first] = (failure as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return undefined;
  const { location, text } = first;
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
