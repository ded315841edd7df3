import { OperatorError } from '../errors.ts';

/** A library that only some verbs need is not installed: the npm package does not bring it along. */
export class MissingLibraryError extends OperatorError {
  override name = 'MissingLibrary';

  constructor(name: string, cause: unknown) {
    super(`this verb needs the package ${name}`, {
      next: `install it with "npm install --save-dev ${name}"`,
      cause,
    });
  }
}

/** The library that makes types of schemas. @throws MissingLibraryError */
export const requireLibrary = () =>
  import('json-schema-to-typescript').catch((cause: unknown) => {
    throw new MissingLibraryError('json-schema-to-typescript', cause);
  });
