import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { SynthError } from '../../local/errors.ts';
import { synthesize } from '../../local/template/synth.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'synth-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  write('stages.ts', 'first');
});

const write = (file: string, text: string) => writeFileSync(join(root, file), text);

/** An app that reads `stages.ts`, and while it runs someone writes what `edit` says. */
function useApp(edit: string): void {
  write(
    'cdk.json',
    JSON.stringify({
      app: `node -e "${APP.replace('EDIT', edit).replaceAll('"', '\\"').replaceAll('\n', ' ')}"`,
    }),
  );
}

const APP = `
const fs = require('fs');
const stages = fs.readFileSync('stages.ts', 'utf8');
EDIT;
if (stages === 'broken') { console.error('stages.ts is broken'); process.exit(1); }
fs.writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', stages);
`;
const once = (text: string) => `if (stages === 'first') fs.writeFileSync('stages.ts', '${text}')`;

const manifest = (directory: string) => readFileSync(join(directory, 'manifest.json'), 'utf8');

it('an edit during a synthesis is part of its result', async () => {
  useApp(once('second'));

  const said: string[] = [];
  const made = await synthesize(root, 'dev', { say: (line) => said.push(line), isSaid: true });
  const again = await synthesize(root, 'dev', {});

  expect([manifest(made.directory), made.cached]).toEqual(['second', false]);
  expect([again.directory, again.cached]).toEqual([made.directory, true]);
  expect(said).toEqual(['Synthesizing once more, as something has changed meanwhile']);
});

it('a synthesis that fails because of an edit meanwhile says what has been edited', async () => {
  useApp(once('broken'));

  const failure = await synthesize(root, 'dev', {}).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(SynthError);
  expect((failure as SynthError).message).toBe('the CDK app cannot be synthesized: stages.ts is broken');
  expect((failure as SynthError).edited?.has('stages.ts')).toBe(true);
});

it('an app that writes its own inputs is synthesized, and its result is found for no other inputs', async () => {
  useApp("fs.writeFileSync('stages.ts', stages + 'x')");

  const made = await synthesize(root, 'dev', {});
  write('stages.ts', manifest(made.directory));
  const next = await synthesize(root, 'dev', {});

  expect([made.cached, next.cached]).toEqual([false, false]);
});

it.each([
  [undefined, 'false'],
  ['true', 'true'],
])(
  'a synthesis for the local run leaves out the check of the template unless it is asked for (%s: %s)',
  async (given, seen) => {
    vi.stubEnv('CDK_VALIDATION', given);
    onTestFinished(() => void vi.unstubAllEnvs());
    useApp("fs.writeFileSync(process.env.CDK_OUTDIR + '/seen', String(process.env.CDK_VALIDATION))");

    const { directory } = await synthesize(root, 'dev', {});

    expect(readFileSync(join(directory, 'seen'), 'utf8')).toBe(seen);
  },
);
