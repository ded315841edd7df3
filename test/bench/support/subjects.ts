import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Kept, startAws } from '../../../bench/aws.ts';
import { type Bundled, makeBundle } from '../../../bench/bundle.ts';
import { SIGNING_SECRET } from '../../../bench/events.ts';
import type { Subject } from '../../../bench/probe.ts';
import { makeComparator, writeSubject } from '../../../bench/subjects.ts';
import { buildOptionsOf } from '../../../lib/functions/build-options.ts';
import { handlerPath } from '../../../lib/paths.ts';
import { verifierEnvironment } from '../../fuzz/verifier-environment.ts';

const RULES = join(import.meta.dirname, '../../app/follow-ups.ts');

const made = new Map<string, Promise<Bundled>>();

/** The bundle of a function with the shipped rules, the same as that of a synthesis; or of Express. Made once for each file. */
export function bundleOf(name: string): Promise<Bundled> {
  const bundle = made.get(name) ?? (name === 'express' ? makeComparator(name) : bundleOfFunction(name));
  made.set(name, bundle);
  return bundle;
}

function bundleOfFunction(name: string): Promise<Bundled> {
  const entry = handlerPath(name);
  return makeBundle(buildOptionsOf(name === 'processor' ? { entry, rules: RULES } : { entry }));
}

/** The verifier and Express, over an AWS in this process. */
export async function useEndpoints() {
  const kept: Kept = { items: new Map(), messages: [] };
  const aws = await startAws({ current: SIGNING_SECRET }, kept);
  onTestFinished(() => aws.close());
  const like = { env: verifierEnvironment(aws.url, 'bench'), memoryMb: 1024 };
  const verifier: Subject = writeSubject('verifier', (await bundleOf('verifier')).code, like);
  const express: Subject = writeSubject('express', (await bundleOf('express')).code, like);
  return { aws, kept, verifier, express };
}
