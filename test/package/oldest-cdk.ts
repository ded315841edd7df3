import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { everySetting } from '../lib/support/settings.ts';
import { cdkContext, synth, type Template } from '../lib/support/synth.ts';
import { install, run } from './pack.ts';

// The rules in the package are the customer's, and may require settings.
const { rules, destinations } = everySetting;
const persist = { handler: resolve(destinations.persist.handler) };

/** Stages whose templates are compared: with nothing set but the rules, and with everything. */
const STAGES = {
  live: { rules },
  full: { ...everySetting, destinations: { ...destinations, persist } },
};

/** What the construct's app is, on whatever CDK is installed where it is run. */
const APP = `
const { App } = require('aws-cdk-lib');
const { addStages } = require('cyberdesk-webhooks');
const { stages, ...props } = JSON.parse(process.argv[1]);
const app = new App(props);
addStages(app, stages);
app.synth();
`;

/** The lowest version of each peer dependency that the construct needs. */
function oldestPeers(): string[] {
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.entries<string>(peerDependencies)
    .filter(([name]) => !peerDependenciesMeta[name]?.optional)
    .map(([name, range]) => `${name}@${range.replace(/^(\^|>=)/, '')}`);
}

/** Installs the packed package with its oldest peers, and returns the folder. */
export function installOldest(folder: string, tarball: string): string {
  const app = join(folder, 'oldest');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true }');
  install(app, [tarball, ...oldestPeers()]);
  return app;
}

/** Templates of all stages from the packed package in an app, without hashes. Everything is bundled. */
export function templatesOf(app: string): unknown[] {
  const outdir = join(app, 'cdk.out');
  const given = { stages: STAGES, outdir, context: cdkContext };
  const { output, status } = run('node', ['--eval', APP, JSON.stringify(given)], { cwd: app });
  if (status !== 0) throw new Error(output);
  return Object.keys(STAGES).map((stage) =>
    normalised(JSON.parse(readFileSync(join(outdir, `CyberdeskWebhooks-${stage}.template.json`), 'utf8'))),
  );
}

/** Templates of all stages from the sources of this repository, with its own CDK. */
export const ownTemplates = (): unknown[] =>
  Object.entries(STAGES).map(([stage, settings]) => normalised(synth(settings, stage)));

/** Without the hashes of bundles and function versions, and with the fields of a dashboard's metrics in one order. */
function normalised(template: Template): unknown {
  const text = JSON.stringify(template)
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/\{\\"[^{}]*\}/g, sorted)
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1');
  return JSON.parse(text);
}

/** A flat object in a text of the template, such as a metric of the dashboard, with its fields in one order. */
function sorted(text: string): string {
  try {
    const fields = Object.entries(JSON.parse(text.replaceAll('\\"', '"'))).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return JSON.stringify(Object.fromEntries(fields)).replaceAll('"', '\\"');
  } catch {
    return text;
  }
}
