import { OperatorError } from '../errors.ts';

/** A library that only some verbs need is not installed: the npm package does not bring it along. */
export class MissingLibraryError extends OperatorError {
  override name = 'MissingLibrary';
}

const LIBRARIES = {
  '@modelcontextprotocol/server': () => import('@modelcontextprotocol/server'),
  '@modelcontextprotocol/server/stdio': () => import('@modelcontextprotocol/server/stdio'),
  ajv: () => import('ajv'),
  'ajv/dist/2020.js': () => import('ajv/dist/2020.js'),
  esbuild: () => import('esbuild'),
  'json-schema-to-typescript': () => import('json-schema-to-typescript'),
};

/** A library that is loaded by the verbs that need it only. @throws MissingLibraryError */
export async function requireLibrary<Name extends keyof typeof LIBRARIES>(
  name: Name,
): Promise<Awaited<ReturnType<(typeof LIBRARIES)[Name]>>> {
  try {
    return (await LIBRARIES[name]()) as Awaited<ReturnType<(typeof LIBRARIES)[Name]>>;
  } catch (cause) {
    const [packageName] = /^(@[^/]+\/)?[^/]+/.exec(name) ?? [];
    throw new MissingLibraryError(`this verb needs the package ${packageName}`, {
      next: `install it with "npm install --save-dev ${packageName}"`,
      cause,
    });
  }
}
