import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { BUNDLE, BUNDLE_FILE, type Bundle, buildOptionsOf } from '../../lib/functions/build-options.ts';
import { BundleError } from '../../lib/functions/bundle-error.ts';
import { ServiceFunction } from '../../lib/functions/service-function.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { startLocal } from '../../local/run.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'loading-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HANDLER = join(folder, 'persist.ts');
const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/team';

/** Follow-ups files, and what synthesis says about them. */
const FILES: Record<string, [code: string, said: RegExp | undefined, settings?: StageSettings]> = {
  'two rules of one name': [
    "const actions = () => [];\nexport default followUps({ name: 'a', actions }, { name: 'a', actions });",
    /\.ts:3: two rules are named "a"; give each rule a unique name$/,
  ],
  'a throw at load': [
    'const table: any = undefined;\nconst { first } = table;\nexport default followUps(first);',
    /\.ts:3: TypeError: Cannot destructure property 'first' of '.*' as it is undefined\.$/,
  ],
  'another export': ['export default followUps;', /\.ts: the default export is not the result of /],
  'a call that waits for the network': [
    "await fetch('https://example.com/');\nexport default followUps();",
    /: TypeError: fetch failed; nothing can be reached while loading$/,
  ],
  'a wait that never ends': [
    'await new Promise(() => {});\nexport default followUps();',
    /\.ts: loading it never ends; nothing may be awaited from outside$/,
  ],
  'an end of the process': [
    'process.exit(0);\nexport default followUps();',
    /\.ts: loading it ends the process with status 0$/,
  ],
  'a workflow that the stage lacks': [
    "export default followUps({ workflows: { invoice: 'required' } });",
    /\.ts: stage "stage-\d" has no id for the workflow "invoice", .* set workflowIds\.invoice$/,
  ],
  'a workflow that is misspelt in the stage': [
    "export default followUps({ workflows: { next: 'optional' } });",
    /\.ts: stage "stage-\d" has an id for the workflow "nxt", which the rules do not declare, and no id for "next"; /,
    { workflowIds: { nxt: '33333333-3333-4333-8333-333333333333' } },
  ],
  'a rule that misspells a workflow': [
    "export default followUps({ workflows: { next: 'optional' } }, { name: 'a', exceptWorkflow: 'text' as never, actions: () => [] });",
    /\.ts: rule "a" has the exceptWorkflow "text", which is neither .*; did you mean "next"\?$/,
  ],
  'a rule that misspells a destination': [
    "export default followUps({ name: 'a', actions: () => deliver('persists') });",
    /\.ts: rule "a" delivers to "persists", which stage "stage-\d+" does not have; did you mean "persist"\?$/,
    { destinations: { persist: { handler: HANDLER } } },
  ],
  'a rule that delivers to a handler': [
    "export default followUps({ name: 'a', actions: () => [deliver('persist'), deliver('bus')] });",
    undefined,
    { destinations: { persist: { handler: HANDLER }, bus: { eventBus: BUS } } },
  ],
  'a secret that is not an ARN': [
    "export default followUps({ name: 'a', actions: () => startRun({ workflow_id: 'w', sensitive_input_values: { p: secret('portal') } }) });",
    /\.ts: rule "a" asks for the secret "portal", which is not a complete ARN; /,
  ],
  'a CommonJS package': [
    "import { parse } from './common.cjs';\nexport default followUps({ name: parse(), actions: () => [] });",
    undefined,
  ],
};
const NAMES = Object.keys(FILES);
/** The stages of the files that cannot be bundled. */
const MISSING: Record<string, string> = { 'stage-98': 'nameless', 'stage-99': 'other' };
const IMPORT = `import { deliver, followUps, secret, startRun } from '${join(ROOT, 'lambda/rules/index.ts')}';\n`;
const pathOf = (name: string) => join(folder, `${name.replaceAll(' ', '-')}.ts`);

function settingsOf(name: string): StageSettings {
  const [, , settings] = FILES[name] ?? [];
  return { ...settings, rules: pathOf(name) };
}

const stackOf = (app: App, stage: string) =>
  addStages(app, {
    [stage]: settingsOf(NAMES[Number(stage.replace('stage-', ''))] ?? MISSING[stage] ?? 'other'),
  })[0];

beforeAll(() => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const name of NAMES) writeFileSync(pathOf(name), IMPORT + (FILES[name]?.[0] ?? ''));
  writeFileSync(HANDLER, 'export const handler = () => undefined;');
  // What CommonJS code may use, at its top and in a function.
  writeFileSync(
    join(folder, 'common.cjs'),
    "const { basename } = require('node:' + 'path');\n" +
      'exports.parse = () => basename(__dirname) + basename(__filename);',
  );
  writeFileSync(pathOf('nameless'), `${IMPORT}export const rules = followUps();`);
  writeFileSync(pathOf('other'), `${IMPORT}import { a } from './nowhere.ts';\nexport default followUps(a);`);
});

describe('a handler at synthesis', () => {
  it.each([
    [
      'throws',
      "export const handler = 1;\nthrow new TypeError('no table');",
      /handler-throws\.ts:2: TypeError: no table$/,
    ],
    ['exports none', 'export const other = 1;', /handler-exports-none\.ts: it exports no handler$/],
    [
      'cannot be bundled',
      "import { a } from './nowhere.ts';\nexport const handler = a;",
      /handler-cannot-be-bundled\.ts:1: .*nowhere/,
    ],
  ])('a handler that %s ends synthesis with one line and its file', (what, code, said) => {
    const handler = pathOf(`handler ${what}`);
    writeFileSync(handler, code);
    const app = new App({
      outdir: join(folder, `out-${what}`),
      context: { 'aws:cdk:bundling-stacks': ['**'] },
    });
    const load = () => {
      addStages(app, { dev: { destinations: { own: { handler } } } });
      for (const node of app.node.findAll()) if (node instanceof ServiceFunction) node.checkLoading();
    };

    expect(load).toThrow(said);
  });
});

/** Handlers by the name of their file, which is outside the app. */
const HANDLERS: Record<string, string> = {
  'module.ts': 'export const handler = () => undefined;',
  'module.mjs': 'async function handler() {}\nexport { handler };',
  'passing-on.ts': "export { handler } from './common.cjs';",
  'passing-all.ts': "export * from './common.cjs';",
  'compiled.js':
    'Object.defineProperty(exports, "__esModule", { value: true });\nexports.handler = handler;\nasync function handler() {}',
  'common.cjs': 'module.exports = { handler: async () => undefined };',
  'common-passing-on.js':
    'Object.defineProperty(exports, "handler", { enumerable: true, get: () => require("./common.cjs").handler });',
  'common.cts': 'import { join } from "node:path";\nexport = { handler: async () => join("a", "b") };',
};

describe('a handler outside the app', () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  afterAll(() => rmSync(outside, { recursive: true, force: true }));
  let functions: ServiceFunction[];
  beforeAll(() => {
    for (const [file, code] of Object.entries(HANDLERS)) writeFileSync(join(outside, file), code);
    const destinations = Object.fromEntries(
      Object.keys(HANDLERS).map((file) => [file.replace('.', '-'), { handler: join(outside, file) }]),
    );
    const context = { 'aws:cdk:bundling-stacks': ['**'] };
    const app = new App({ outdir: join(outside, 'out'), context });
    addStages(app, { dev: { destinations } });
    functions = app.node.findAll().filter((node) => node instanceof ServiceFunction);
  });

  it.each(Object.keys(HANDLERS))('a handler may be an ES module or CommonJS: %s', (file) => {
    const fn = functions.find(({ node }) => node.id === file.replace('.', '-'));

    expect(fn).toBeDefined();
    expect(() => fn?.checkLoading()).not.toThrow();
  });

  it('a reload builds handlers as synthesis does, to the byte', async () => {
    const bundles = functions.flatMap(({ function: { node } }) =>
      node.metadata.flatMap(({ type, data }) => (type === BUNDLE ? [data as Bundle] : [])),
    );
    const handlers = bundles.filter(({ isOwn }) => isOwn);

    expect(handlers).toHaveLength(Object.keys(HANDLERS).length);
    for (const bundle of handlers) {
      const outfile = join(outside, 'out', 'bundle', BUNDLE_FILE);
      const { outputFiles } = await build({ ...buildOptionsOf(bundle), outfile, write: false });
      const made = outputFiles.map(({ text }) => text).sort();
      const asset = resolve(outside, 'out', bundle.asset);
      expect(made).toEqual(
        readdirSync(asset)
          .map((name) => readFileSync(join(asset, name), 'utf8'))
          .sort(),
      );
    }
  });
});

describe('a follow-ups file at synthesis', () => {
  let app: App;
  beforeAll(() => {
    app = new App({ outdir: join(folder, 'out'), context: { 'aws:cdk:bundling-stacks': ['**'] } });
  });

  it.each(NAMES.map((name, index) => [name, index] as const))(
    'a follow-ups file with %s is loaded before it is deployed',
    (name, index) => {
      const stack = stackOf(app, `stage-${index}`);
      const check = () => stack?.webhooks.processor.checkLoading();
      const said = FILES[name]?.[1];
      const path = relative(process.cwd(), pathOf(name));

      if (said === undefined) expect(check).not.toThrow();
      else {
        expect(check).toThrow(BundleError);
        expect(check).toThrow(expect.objectContaining({ message: expect.stringMatching(said) }));
        expect(check).toThrow(path);
      }
    },
  );

  it('a follow-ups file whose import fails cannot be bundled, and is named', () => {
    const path = relative(process.cwd(), pathOf('other'));

    expect(() => stackOf(app, 'stage-99')).toThrow(`${path}:2: Could not resolve "./nowhere.ts"`);
  });

  it('a follow-ups file without a default export is the one that is named', () => {
    const path = relative(process.cwd(), pathOf('nameless'));

    expect(() => stackOf(app, 'stage-98')).toThrow(
      `${path}: it has no "export default", which lambda/processor/rules.ts:`,
    );
  });

  it('the construct in an app of its own refuses rules that cannot be loaded when it is synthesized', () => {
    const other = new App({ outdir: join(folder, 'other'), context: { 'aws:cdk:bundling-stacks': ['**'] } });
    stackOf(other, 'stage-0');

    expect(() => other.synth()).toThrow('two rules are named "a"');
  });
});

describe('rules that cannot be loaded', () => {
  const appWith = (name: string) => {
    const own = mkdtempSync(join(folder, 'app-'));
    const path = join(own, 'app.ts');
    const stages = JSON.stringify({ dev: { protectData: false, rules: pathOf(name) } });
    const runApp = join(ROOT, 'lib/run-app.ts');
    writeFileSync(path, `import { runApp } from '${runApp}';\nawait runApp(${stages});\n`);
    return path;
  };

  it.each(['two rules of one name', 'other'])('cdk synth says so in one line and ends with 1: %s', (name) => {
    const env = { ...process.env, CDK_OUTDIR: join(folder, 'cli') };
    const { status, stderr } = spawnSync(process.execPath, [appWith(name)], { env, encoding: 'utf8' });

    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Bundling asset '));
    expect(lines).toEqual([expect.stringMatching(/\.ts:\d: (two rules are named "a"|Could not resolve)/)]);
    expect(status).toBe(1);
  });

  it('the local run says so in one line', async () => {
    await expect(startLocal({ app: appWith('two rules of one name') })).rejects.toThrow(
      /two-rules-of-one-name\.ts:3: two rules are named "a"; give each rule a unique name$/,
    );
  });
});
