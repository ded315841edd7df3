import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { BundleError } from './bundle-error.ts';

/**
 * Refuses a handler of the customer's that CDK cannot bundle where it is: in its folder, CDK has npx look for the esbuild of the
 * app, and would end with what npx says.
 *
 * @throws BundleError
 */
export function refuseOutOfReach(handler: string): void {
  if (!usesNpx() || hasEsbuild(dirname(handler))) return;
  const [file, own] = [relative(process.cwd(), handler), join('handlers', basename(handler))];
  const path = relative(dirname(own), file).replaceAll('\\', '/');
  throw new BundleError(
    `${file}: is outside the app, so that CDK finds no esbuild to bundle it with; give the destination a file in the app, ` +
      `such as ${own}, with export { handler } from '${path}'`,
  );
}

/** CDK calls the esbuild that it can import through npx, and otherwise the one in the PATH. */
function usesNpx(): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json')).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}

/** npx looks in a folder and in those above it. */
const hasEsbuild = (folder: string): boolean =>
  existsSync(join(folder, 'node_modules', 'esbuild')) ||
  (dirname(folder) !== folder && hasEsbuild(dirname(folder)));
