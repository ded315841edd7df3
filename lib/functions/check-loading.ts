import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack, Stage } from 'aws-cdk-lib';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { handlerPath } from '../paths.ts';
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
  return failure && describe(failure, own ?? bundle);
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
  const known = Object.entries(environment?.variables ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : 'known-after-deployment',
  ]);
  return Object.fromEntries(known);
}

/** `follow-ups.ts:12: TypeError: …`: the place in the customer's own code, as far as there is one. */
function describe({ name, message, stack }: LoadFailure, otherwise: string): string {
  const place = ownPlace(stack) ?? relative(process.cwd(), otherwise);
  return `${place}: ${OF_THE_LANGUAGE.test(name) ? `${name}: ` : ''}${message}`;
}

/** Errors whose messages do not say what they are. */
const OF_THE_LANGUAGE = /^(Type|Range|Reference|Syntax)Error$/;

const FRAME = /(?:\(|at |async )((?:file:\/\/|[A-Za-z]:\\|\/)[^()]*):(\d+):\d+\)?$/;

/** File and line of the first frame that is neither the product's, nor a package's, nor the loader's. */
function ownPlace(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const [, path = '', number] = FRAME.exec(line.trim()) ?? [];
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    const isOwn =
      file !== '' &&
      !file.startsWith(PRODUCT) &&
      !/[\\/]node_modules[\\/]|index\.mjs$|\[eval\d*\]$/.test(file);
    if (isOwn) return `${relative(process.cwd(), file)}:${number}`;
  }
  return undefined;
}

/** Folder of the code that runs in Lambda. */
const PRODUCT = dirname(dirname(handlerPath('processor')));
