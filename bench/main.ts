/**
 * `npm run bench [-- --quick] [-- --only <part>] [-- --write]`: measures, prints a table and writes `bench/results.json`. With
 * `--quick` it only shows that everything runs; with `--write` the table goes into docs/performance.md, too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCyberdeskApi } from '../local/cyberdesk-api/server.ts';
import { PROJECT_ROOT } from '../local/template/synth.ts';
import { type Kept, startAws } from './aws.ts';
import { measureEndToEnd } from './end-to-end.ts';
import type { Row } from './figures.ts';
import { measureLoad } from './load.ts';
import { describeMachine, readVersions } from './machine.ts';
import { measureMemory } from './memory.ts';
import { inWords, type Results, withTable } from './report.ts';
import { SIGNING_SECRET } from './signing-secret.ts';
import { measureSizes } from './sizes.ts';
import { makeComparator, readDeployed, writeSubject } from './subjects.ts';
import { measureWarm } from './warm.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const HOW_OFTEN = values.quick
  ? { load: 1, warm: 1, share: 0.1, memory: 1, ms: 500 }
  : { load: 25, warm: 12, share: 1, memory: 3, ms: 6000 };
const PAGE = join(PROJECT_ROOT, 'docs/performance.md');
// With the shipped rules, whatever a customer has made of theirs.
const APP = join(PROJECT_ROOT, 'test/app/app.ts');

const start = performance.now();
const machine = describeMachine();
const rows = await measure();
const seconds = Math.round((performance.now() - start) / 1000);
const results: Results = {
  taken: new Date().toISOString(),
  isQuick: values.quick,
  seconds,
  machine,
  versions: readVersions(),
  rows,
};
console.log(inWords(results));
writeFileSync(join(PROJECT_ROOT, 'bench/results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
if (values.write) writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), results));

async function measure(): Promise<Row[]> {
  const kept: Kept = { items: new Map(), messages: [] };
  const aws = await startAws({ current: SIGNING_SECRET }, kept);
  const cyberdesk = await startCyberdeskApi();
  const deployed = await readDeployed(APP, { aws: aws.url, cyberdesk: cyberdesk.url });
  const { verifier, processor, sweeper } = deployed;
  const [express, floor, empty] = [
    writeSubject('express', await makeComparator('express'), verifier),
    writeSubject('floor', await makeComparator('floor'), verifier),
    writeSubject('empty', await makeComparator('empty'), verifier),
  ];
  const parts: Record<string, () => Promise<Row[]>> = {
    load: () =>
      measureLoad([verifier, express, empty, processor, sweeper], [verifier, express], HOW_OFTEN.load),
    warm: () =>
      measureWarm({
        endpoints: [verifier, express, floor],
        processor,
        kept,
        sizes: ['1 KB', '16 KB', '256 KB', '1 MB'],
        rounds: HOW_OFTEN.warm,
        share: HOW_OFTEN.share,
      }),
    memory: () => measureMemory(deployed, kept, HOW_OFTEN.memory),
    sizes: () => measureSizes(deployed.sources),
    local: () => measureEndToEnd(APP, HOW_OFTEN.ms),
  };
  const measured: Row[] = [];
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (values.only !== undefined && values.only !== name) continue;
      process.stderr.write(`${name} …\n`);
      measured.push(...(await part()));
    }
  } finally {
    deployed.release();
    aws.close();
    await cyberdesk.close();
  }
  return measured;
}
