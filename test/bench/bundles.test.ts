import { expect, it } from 'vitest';
import { zippedBytes } from '../../bench/bundle.ts';
import { bundleOf } from './support/subjects.ts';

/** Bytes of the archive that Lambda unpacks before a cold start. A dependency that is worth more raises its limit here. */
const LIMITS = { verifier: 75_000, sweeper: 71_000, processor: 176_000 };

/** Packages of which a bundle needs nothing, and which come in unnoticed with another import. */
const FORBIDDEN =
  /^(zod|ajv|aws-cdk-lib|aws-sdk|aws-xray-sdk.*|commander|express|esbuild|yaml|@aws-lambda-powertools\/.*)$/;

/** Ways to credentials that Lambda does not take. The customer's code may need them, which the processor bundles. */
const CREDENTIALS = /^@(aws-sdk|smithy)\/(credential-provider-.*|nested-clients|token-providers)$/;

it.each(Object.entries(LIMITS))(
  'the bundle of the %s takes at most %i bytes, zipped',
  async (name, limit) => {
    expect(zippedBytes(await bundleOf(name))).toBeLessThanOrEqual(limit);
  },
);

it.each(Object.keys(LIMITS))('the bundle of the %s holds no package that no function needs', async (name) => {
  const { weights } = await bundleOf(name);

  expect(Object.keys(weights).filter((dependency) => FORBIDDEN.test(dependency))).toEqual([]);
  expect(weights).toMatchObject({ 'own code': expect.any(Number), '@smithy/core': expect.any(Number) });
});

it.each(['verifier', 'sweeper'])('the bundle of the %s looks for credentials nowhere', async (name) => {
  const { weights } = await bundleOf(name);

  expect(Object.keys(weights).filter((dependency) => CREDENTIALS.test(dependency))).toEqual([]);
});
