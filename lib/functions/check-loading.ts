import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { describeFailure } from '../own-code.ts';
import { type LoadFailure, loadBundle } from './load-bundle.ts';

/** The result for each bundle in each environment, as an app is synthesized at least once. */
const loaded = new Map<string, LoadFailure | undefined>();

/**
 * Why the bundle of a function cannot be loaded, in one line with the file at fault; undefined if it can be, or if the
 * stack is not bundled.
 *
 * @param own Absolute path of the customer's file in the bundle, for what has no place in it.
 */
export function loadingProblem(fn: LambdaFunction, own: string | undefined): string | undefined {
  const bundle = bundleOf(fn);
  if (bundle === undefined) return undefined;
  const variables = variablesOf(fn);
  // Without code of the customer's, the environment has no part in it: stages share one bundle.
  const key = own === undefined ? bundle : `${bundle} ${JSON.stringify(variables)}`;
  if (!loaded.has(key)) loaded.set(key, loadBundle(bundle, variables));
  const failure = loaded.get(key);
  return failure && describeFailure(failure, relative(process.cwd(), own ?? bundle));
}

/** The file that a function is loaded from. A stack that is not bundled has none. */
function bundleOf(fn: LambdaFunction): string | undefined {
  const asset = fn.node.tryFindChild('Code');
  if (!(asset instanceof Asset)) return undefined;
  const file = join(resolve(Stage.of(fn)?.outdir ?? '.', asset.assetPath), 'index.mjs');
  return existsSync(file) ? file : undefined;
}

/** The variables in the template, with a text in place of what is only known after the deployment. */
function variablesOf(fn: LambdaFunction): Record<string, string> {
  const { defaultChild } = fn.node;
  if (!(defaultChild instanceof CfnFunction)) return {};
  const environment: { variables?: Record<string, unknown> } | undefined = Stack.of(fn).resolve(
    defaultChild.environment,
  );
  const variables = Object.entries(environment?.variables ?? {});
  return Object.fromEntries(variables.map(([name, value]) => [name, knownOf(value)]));
}

/** What is written beside it stays, such as the names of destinations. */
function knownOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const joined: unknown = typeof value === 'object' && value !== null && Reflect.get(value, 'Fn::Join');
  if (!Array.isArray(joined) || !Array.isArray(joined[1])) return 'known-after-deployment';
  return joined[1].map(knownOf).join(String(joined[0]));
}
