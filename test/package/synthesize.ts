import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { one, type Template } from '../lib/support/synth.ts';
import { run } from './pack.ts';

/**
 * Runs the app of a folder, which synthesizes, and returns the code of its processor.
 *
 * @param args What Node.js is started with: options and the absolute path of the app.
 * @param stack Name of its stack.
 */
export function synthesize(folder: string, args: readonly string[], stack: string): string {
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  const { output, status } = run('node', args, {
    // From another folder: all paths of the construct are absolute.
    cwd: tmpdir(),
    env: { ...process.env, CDK_OUTDIR: outdir },
  });
  if (status !== 0) throw new Error(output);
  const template: Template = JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
  const { S3Key } = one(template, 'AWS::Lambda::Function', 'Processor').Properties.Code;
  return readFileSync(join(outdir, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8');
}
