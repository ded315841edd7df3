/** The product's folders at the root. Any other is the customer's, or made from the rest. */
export const PRODUCT_FOLDERS = [
  '.ci',
  '.github',
  '.vscode',
  'bench',
  'bin',
  'docs',
  'examples',
  'lambda',
  'lib',
  'local',
  'ops',
  'test',
] as const;

/** The product's files at the root. Any other is the customer's, or made from the rest. */
export const PRODUCT_FILES = [
  '.editorconfig',
  '.gitattributes',
  '.gitignore',
  'API.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'cdk.json',
  'cspell.json',
  'knip.json',
  'package-lock.json',
  'package.json',
  'llms.txt',
  'renovate.json',
  'stryker.config.mjs',
  'tsconfig.build.json',
  'tsconfig.json',
  'vitest.config.ts',
] as const;

/** The customer's files that the app imports, so they are always there. */
export const IMPORTED_FILES = ['follow-ups.ts', 'stages.ts', 'infrastructure.ts'] as const;

/** What is shipped and the customer's: files, and a folder. */
export const OWN_FILES = [...IMPORTED_FILES, 'follow-ups.test.ts', 'handlers'] as const;
