import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PARTITIONS, type Partition, settingsIn } from '../lib/support/partitions.ts';
import { everySetting } from '../lib/support/settings.ts';
import { synth, type Template } from '../lib/support/synth.ts';
import { compareWithPage } from './checkov.ts';
import { Deployment, type Physical } from './deployment.ts';
import { lint, lintIn } from './lint.ts';
import { startMoto } from './moto.ts';
import { reduce } from './reduce.ts';
import { missingTools } from './tools.ts';

/** Resources that a change of settings must not replace. */
const STATEFUL = /Table$|Queue$|Topic$|Key$/;

/**
 * Rehearses a deployment without an AWS account: everything is linted, and the resources that moto supports are created,
 * updated and deleted through CloudFormation. The output lists which are which.
 */
const missing = missingTools();
if (missing.length > 0) {
  const remedy = "pip install cfn-lint 'moto[server]', and checkov in an environment of its own";
  if (process.env.CI === 'true') {
    console.error(`rehearsal: ${missing.join(' and ')} not found, and CI must not skip it: ${remedy}`);
    process.exit(1);
  }
  console.log(`rehearsal SKIPPED: ${missing.join(' and ')} not found; to run it: ${remedy}`);
  process.exit(0);
}

// moto cannot update the retention of a log group, which the profile sets as well, nor the backups of a table, and cannot remove a
// key that the template before refers to.
const {
  account,
  region,
  retention,
  profile,
  pointInTimeRecovery,
  encryptionKey,
  previousEncryptionKeys,
  ...settings
} = everySetting;
const dev = synth({ protectData: false });
const templates = {
  dev,
  prod: synth({}, 'prod'),
  'dev-with-every-setting': synth(everySetting),
};

const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-rehearsal-'));
const partitions = Object.keys(PARTITIONS) as Partition[];
const findings = [
  lint(templates, folder),
  ...partitions.map((partition) => lintIn(partition, synth(settingsIn(partition), 'prod'), folder)),
].filter((found) => found !== '');
rmSync(folder, { recursive: true, force: true });
if (findings.length > 0) {
  console.error(findings.join('\n'));
  process.exit(1);
}
console.log(`linted      ${[...Object.keys(templates), ...partitions].join(', ')}: no findings`);

const { found, undocumented, outdated } = compareWithPage(
  templates.prod,
  templates['dev-with-every-setting'],
);
if (undocumented.length > 0) fail(`docs/security/findings.md lacks ${undocumented.join(', ')} of checkov`);
if (outdated.length > 0) fail(`checkov no longer finds ${outdated.join(', ')} of docs/security/findings.md`);
console.log(`checkov     ${found.join(', ')}: as in docs/security/findings.md`);

const { template, rehearsed, dropped } = reduce(dev);
const moto = await startMoto();
try {
  await rehearse(moto.endpoint);
} finally {
  await moto.stop();
}
console.log(`rehearsed   ${rehearsed.join(', ')}`);
console.log(`only linted ${dropped.join(', ')}`);

async function rehearse(endpoint: string): Promise<void> {
  const stack = new Deployment(endpoint, 'CyberdeskWebhooks-dev');
  const created = await stack.create(template);
  report('created', template, created);
  const changed = reduce(synth(settings)).template;
  const updated = await stack.update(changed);
  report('updated', changed, updated);
  const replaced = [...created].filter(
    ([id, physical]) => STATEFUL.test(template.Resources[id]?.Type ?? '') && updated.get(id) !== physical,
  );
  if (replaced.length > 0) fail(`the update replaced ${replaced.map(([id]) => id).join(', ')}`);
  await stack.delete();
  console.log('deleted     everything');
}

function report(verb: string, { Resources }: Template, physical: Physical): void {
  const absent = Object.keys(Resources).filter((id) => !physical.get(id));
  if (absent.length > 0) fail(`not ${verb}: ${absent.join(', ')}`);
  console.log(`${verb}     ${physical.size} resources`);
}

function fail(problem: string): never {
  throw new Error(`rehearsal: ${problem}`);
}
