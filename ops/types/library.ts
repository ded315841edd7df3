import { OperatorError } from '../errors.ts';

/** A library that only some verbs need is not installed: the npm package does not bring it along. */
export class MissingLibraryError extends OperatorError {
  override name = 'MissingLibrary';
}

/** Spelt out, as their types may be in folders that a declaration cannot name. */
interface Libraries {
  '@modelcontextprotocol/server': typeof import('@modelcontextprotocol/server');
  '@modelcontextprotocol/server/stdio': typeof import('@modelcontextprotocol/server/stdio');
  ajv: { readonly default: typeof import('ajv') };
  'ajv/dist/2019.js': { readonly default: typeof import('ajv/dist/2019.js') };
  'ajv/dist/2020.js': { readonly default: typeof import('ajv/dist/2020.js') };
  esbuild: typeof import('esbuild');
  'json-schema-to-typescript': typeof import('json-schema-to-typescript');
}

const LIBRARIES: { readonly [Name in keyof Libraries]: () => Promise<Libraries[Name]> } = {
  '@modelcontextprotocol/server': () => import('@modelcontextprotocol/server'),
  '@modelcontextprotocol/server/stdio': () => import('@modelcontextprotocol/server/stdio'),
  ajv: () => import('ajv'),
  'ajv/dist/2019.js': () => import('ajv/dist/2019.js'),
  'ajv/dist/2020.js': () => import('ajv/dist/2020.js'),
  esbuild: () => import('esbuild'),
  'json-schema-to-typescript': () => import('json-schema-to-typescript'),
};

/** A library that is loaded by the verbs that need it only. @throws MissingLibraryError */
export async function requireLibrary<Name extends keyof Libraries>(name: Name): Promise<Libraries[Name]> {
  try {
    return await LIBRARIES[name]();
  } catch (cause) {
    const [packageName] = /^(@[^/]+\/)?[^/]+/.exec(name) ?? [];
    throw new MissingLibraryError(`this verb needs the package ${packageName}`, {
      next: `install it with "npm install --save-dev ${packageName}"`,
      cause,
    });
  }
}
