import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../test/e2e/kit/wait.ts';
import { makeClone } from '../test/support/clone.ts';
import { freePort, start } from '../test/support/start-process.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';

/** For a synthesis on a busy machine, milliseconds. */
const PATIENCE = 300_000;

/** From saving the rules until `npm start` says that they are live in the processor. */
export async function measureReload(edits: number): Promise<Row[]> {
  const clone = makeClone();
  const rules = join(clone.root, 'follow-ups.ts');
  const shipped = readFileSync(rules, 'utf8');
  const run = start(clone.root, { PORT: await freePort() });
  const said = (line: string, count: number) =>
    waitFor(`"${line}", ${count} times`, () => run.output.out.split(line).length > count, PATIENCE);
  const samples: Samples = {};
  try {
    await said('\nready', 1);
    for (let edit = 1; edit <= edits; edit += 1) {
      const saved = performance.now();
      writeFileSync(rules, shipped.replace('A Cyberdesk task failed', `Edit ${edit}`));
      await said('live in the processor', edit);
      addSample(samples, 'from saving to live, ms', 'follow-ups.ts', performance.now() - saved);
    }
  } finally {
    await run.stop();
    clone.remove();
  }
  return rowsOf('edit of the rules', samples);
}
