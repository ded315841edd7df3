import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { compare } from './compare.ts';
import { inOurWords } from './in-our-words.ts';
import { readOurApi } from './our-api.ts';
import { judge, type Report, type Review, render } from './report.ts';
import { NoWheelError, readNewest, readWheel } from './wheel.ts';

/**
 * `npm run drift`: what the vendor's newest Python models have that our description of the API lacks, and the other way
 * round. Exit code 1 if something that we use is gone or has changed, 2 if nothing could be compared.
 */
const command = new Command('npm run drift --')
  .option('--json', 'the report as JSON', false)
  .option('--all', 'also list what is known and not described', false)
  .option('--wheel <file>', 'another wheel than the newest on PyPI')
  .option(
    '--review',
    'the list was read: what is new is known from now on, and docs/drift.md shows this report',
    false,
  );

const root = join(import.meta.dirname, '../..');
const reviewFile = join(import.meta.dirname, 'reviewed.json');

function report(wheel: string | undefined, review: Review): Report {
  const vendor = inOurWords(wheel === undefined ? readNewest() : readWheel(wheel));
  const ours = readOurApi(readFileSync(join(root, 'lambda/cyberdesk/openapi.yaml'), 'utf8'));
  return {
    vendor: vendor.version,
    described: ours.version,
    reviewed: { version: review.version, date: review.date },
    ...judge(compare(ours, vendor), review),
  };
}

/** Keeps what is there now as known, and the report in the documentation. */
function keep(wheel: string | undefined, now: Report): void {
  const known = now.findings.flatMap(({ kind, where }) => (kind === 'new' ? [where] : []));
  const review = { version: now.vendor, date: new Date().toISOString().slice(0, 10), known };
  writeFileSync(reviewFile, `${JSON.stringify(review, null, 2)}\n`);
  const page = join(root, 'docs/drift.md');
  const block = `<!-- report -->\n\`\`\`text\n$ npm run drift\n${render(report(wheel, review))}\n\`\`\`\n<!-- end -->`;
  const text = readFileSync(page, 'utf8').replace(/<!-- report -->[\s\S]*<!-- end -->/, () => block);
  writeFileSync(page, text);
}

function main(): void {
  const { json, all, wheel, review } = command
    .parse()
    .opts<{ json: boolean; all: boolean; wheel?: string; review: boolean }>();
  const now = report(wheel, JSON.parse(readFileSync(reviewFile, 'utf8')));
  console.log(json ? JSON.stringify(now, null, 2) : render(now, { all }));
  if (review) keep(wheel, now);
  if (now.findings.some(({ state }) => state === 'breaking')) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof NoWheelError)) throw error;
  console.error(`drift: ${error.message}`);
  process.exitCode = 2;
}
