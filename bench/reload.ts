import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_ROOT } from '../local/template/synth.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';

/** What `npm start` needs; the customer's files are those that are shipped. */
const PARTS = ['bin', 'lambda', 'lib', 'local', 'ops', 'cdk.json', 'package.json', 'tsconfig.json'];
const OWN_FILES = ['follow-ups.ts', 'infrastructure.ts', 'stages.ts'];

/** A text in the shipped rules that reaches the bundle, so that another one in its place is another bundle. */
const EDITED = 'A Cyberdesk task failed';

/** From saving the rules until `npm start` says that they are live in the processor. */
export async function measureReload(edits: number): Promise<Row[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cyberdesk-bench-')));
  const samples: Samples = {};
  try {
    copyTo(root);
    const rules = join(root, 'follow-ups.ts');
    const shipped = readFileSync(rules, 'utf8');
    if (!shipped.includes(EDITED)) throw new Error(`the shipped rules have no text "${EDITED}" to edit`);
    // Any free port.
    const child = spawn(process.execPath, ['local/start.mjs'], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      await lineWith(lines, /^ready/);
      for (let edit = 1; edit <= edits; edit += 1) {
        const saved = performance.now();
        writeFileSync(rules, shipped.replace(EDITED, `Edit ${edit}`));
        await lineWith(lines, /live in the processor/);
        addSample(samples, 'from saving to live, ms', 'follow-ups.ts', performance.now() - saved);
      }
    } finally {
      child.kill('SIGINT');
      await closed;
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return rowsOf('edit of the rules', samples);
}

function copyTo(root: string): void {
  for (const part of PARTS) cpSync(join(PROJECT_ROOT, part), join(root, part), { recursive: true });
  for (const file of OWN_FILES) {
    const text = readFileSync(join(PROJECT_ROOT, 'test/app', file), 'utf8');
    writeFileSync(join(root, file), text.replaceAll("'../../", "'./"));
  }
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
}

async function lineWith(lines: AsyncIterator<string>, wanted: RegExp): Promise<void> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`npm start ended before it said ${wanted}`);
    if (wanted.test(value)) return;
  }
}
