import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../local/template/synth.ts';

/** What the figures depend on. */
export interface Machine {
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Processes that wanted a core in the last minute; more than a few make the figures worthless. */
  readonly load: number;
}

export const describeMachine = (): Machine => ({
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

/** Versions of what is measured; Express and its adapter are part of the comparison. */
export function readVersions(): Record<string, string> {
  const manifest: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'),
  );
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const named = ['express', 'serverless-http', 'svix', '@aws-sdk/client-dynamodb', 'esbuild'];
  return {
    node: process.version,
    'cyberdesk-webhooks': String(manifest.version),
    ...Object.fromEntries(named.map((name) => [name, all[name] ?? 'none'])),
  };
}
