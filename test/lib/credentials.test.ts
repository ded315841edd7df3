import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { buildOptionsOf, type Sources } from '../../lib/functions/build-options.ts';
import { handlerPath } from '../../lib/paths.ts';

const OWN = join(import.meta.dirname, 'support/own-credentials.ts');

/** Packages that a bundle contains. */
async function packagesIn(sources: Sources): Promise<string[]> {
  const { metafile } = await build({
    ...buildOptionsOf(sources),
    outdir: 'out',
    write: false,
    metafile: true,
  });
  const names = Object.keys(metafile.inputs).map(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}

describe('what bundles have of the AWS SDK', () => {
  it.each(['verifier', 'sweeper'])(
    'the bundle of the %s has no credentials but the environment',
    async (name) => {
      const packages = await packagesIn({ entry: handlerPath(name) });

      expect(packages).toContain('@aws-sdk/client-dynamodb');
      expect(packages.filter((one) => one.includes('credential-provider'))).toEqual([]);
      expect(packages).not.toContain('@aws-sdk/nested-clients');
      const leftOut =
        /^@aws-sdk\/(endpoint-cache|middleware-endpoint-discovery)$|^@aws\/lambda-invoke-store$/;
      expect(packages.filter((one) => leftOut.test(one))).toEqual([]);
    },
  );

  it.each([
    ['rules', { entry: handlerPath('processor'), rules: OWN }],
    ['a handler', { entry: OWN, isOwn: true }],
  ])('%s of a customer may use all that the AWS SDK has', async (_whose, sources) => {
    expect(await packagesIn(sources)).toContain('@aws-sdk/credential-provider-node');
  });
});
