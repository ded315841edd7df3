/**
 * `npm run bench [-- --write]`: measures, prints a table and writes `bench/results.json`, and the table into docs/performance.md.
 * `npm run bench -- --quick` shows that everything runs, and `--only <part>` measures a part; both write nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startCyberdeskApi } from '../local/cyberdesk-api/server.ts';
import { PROJECT_ROOT } from '../local/template/synth.ts';
import { type Kept, startAws } from './aws.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { SIGNING_SECRET } from './events.ts';
import type { Row } from './figures.ts';
import { measureLoad } from './load.ts';
import { measureMemory } from './memory.ts';
import { measureReload } from './reload.ts';
import { describeMachine, inWords, type Results, readVersions, withTable } from './report.ts';
import { measureSizes } from './sizes.ts';
import { makeComparator, readDeployed, writeSubject } from './subjects.ts';
import { measureWarm } from './warm.ts';

const PARTS = ['load', 'warm', 'memory', 'sizes', 'local', 'reload'] as const;
type Part = (typeof PARTS)[number];

const values = new Command('npm run bench --')
  .option('--quick', 'show that everything runs; its figures say nothing', false)
  .option('--only <parts>', `some of ${PARTS.join(',')}`, partsIn)
  .option('--write', 'put the table into docs/performance.md as well', false)
  .parse()
  .opts<{ quick: boolean; only?: Part[]; write: boolean }>();
const often = values.quick
  ? { load: 1, warm: { rounds: 1, share: 0.1 }, memory: 1, edits: 1, ms: 500 }
  : { load: 25, warm: { rounds: 12, share: 1 }, memory: 3, edits: 10, ms: 6000 };
const page = join(PROJECT_ROOT, 'docs/performance.md');
const app = join(PROJECT_ROOT, 'bench/app.ts');

const machine = describeMachine();
const rows = await measure();
const results: Results = { taken: new Date().toISOString(), machine, versions: readVersions(), rows };
console.log(inWords(results));
if (values.quick) console.log('QUICK: too few samples to say anything');
if (!values.quick && values.only === undefined) {
  writeFileSync(join(PROJECT_ROOT, 'bench/results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  if (values.write) writeFileSync(page, withTable(readFileSync(page, 'utf8'), results));
}

async function measure(): Promise<Row[]> {
  const kept: Kept = { items: new Map(), messages: [] };
  const aws = await startAws({ current: SIGNING_SECRET }, kept);
  const cyberdesk = await startCyberdeskApi();
  const deployed = await readDeployed(app, { aws: aws.url, cyberdesk: cyberdesk.url });
  const { verifier, processor, sweeper, sources } = deployed;
  const express = writeSubject('express', (await makeComparator('express')).code, verifier);
  const floor = writeSubject('floor', (await makeComparator('floor')).code, verifier);
  const empty = writeSubject('empty', new Uint8Array(), verifier);
  const modules = [verifier, express, empty, processor, sweeper];
  const sizes = ['1 KB', '16 KB', '256 KB', '1 MB'] as const;
  const measures: Record<Part, () => Promise<Row[]>> = {
    load: () => measureLoad(modules, [verifier, express], often.load),
    warm: () => measureWarm({ endpoints: [verifier, express, floor], processor, kept, sizes, ...often.warm }),
    memory: () => measureMemory(deployed, kept, often.memory),
    sizes: () => measureSizes(sources),
    local: () => measureEndToEnd(app, often.ms),
    reload: () => measureReload(often.edits),
  };
  const measured: Row[] = [];
  for (const part of values.only ?? PARTS) {
    process.stderr.write(`${part} …\n`);
    measured.push(...(await measures[part]()));
  }
  await aws.close();
  await cyberdesk.close();
  return measured;
}

function partsIn(list: string): Part[] {
  return list.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) throw new InvalidArgumentError(`The parts are ${PARTS.join(', ')}.`);
    return part;
  });
}
