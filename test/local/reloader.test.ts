import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { LiveBundles } from '../../local/reload/live-bundles.ts';
import { Reloader } from '../../local/reload/reloader.ts';
import { readInputs } from '../../local/template/inputs.ts';
import type { FunctionModel } from '../../local/template/model.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reloader-'));
  mkdirSync(join(root, 'shared'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

const write = (file: string, text: string = String(Math.random())) => writeFileSync(join(root, file), text);

/** A reloader that watches, with the files because of which it synthesizes and what it says. */
async function watching(work: (file: string, start: number) => Promise<unknown> = async () => undefined) {
  const synthesized: string[] = [];
  const said: string[] = [];
  const reloader = new Reloader({
    root,
    say: (line) => said.push(line),
    async synthesize(file, start) {
      synthesized.push(file);
      return { hasFailed: (await work(file, start)) === 'failed' };
    },
  });
  onTestFinished(() => reloader.close());
  await reloader.start(() => readInputs(root));
  return { reloader, synthesized, said };
}

const until = (found: () => unknown) => expect.poll(found, { interval: 20 }).toBeTruthy();

it('a reloader takes up edits that are made during a synthesis after it, one synthesis at a time', async () => {
  const first = Promise.withResolvers<undefined>();
  let running = 0;
  let most = 0;
  const { synthesized } = await watching(async (file) => {
    running += 1;
    most = Math.max(most, running);
    if (file === 'stages.ts') await first.promise;
    running -= 1;
    return undefined;
  });
  write('stages.ts');
  await until(() => synthesized.length === 1);
  write('infrastructure.ts');
  // Is notified as soon as the other is.
  const other = await watching();
  write('shared/helper.ts');
  await until(() => other.synthesized.length > 0);
  first.resolve(undefined);

  await until(() => synthesized.length > 1);
  expect(most).toBe(1);
});

it('a reloader that is closed takes up nothing more, not even what it has heard of before', async () => {
  const held = Promise.withResolvers<undefined>();
  const { reloader, synthesized, said } = await watching(() => held.promise);
  write('stages.ts');
  await until(() => synthesized.length === 1);
  const other = await watching();
  write('infrastructure.ts');
  await until(() => other.synthesized.length === 1);

  const closed = reloader.close();
  held.resolve(undefined);
  await closed;
  write('shared/helper.ts');
  await until(() => other.synthesized.length === 2);

  expect([synthesized, said]).toEqual([['stages.ts'], []]);
});

it('a file that an editor or the local run writes causes no synthesis', async () => {
  const { synthesized } = await watching();
  for (const file of ['shared/4913', 'shared/helper.ts~', '.#stages.ts', '.local.lock.db-journal'])
    write(file);

  write('shared/helper.ts');
  await until(() => synthesized.length > 0);

  expect(synthesized).toEqual(['shared/helper.ts']);
});

it('an edit that waits for a synthesis is as old as its saving', async () => {
  const [first, starts] = [Promise.withResolvers<undefined>(), new Map<string, number>()];
  const { synthesized } = await watching((file, start) => {
    starts.set(file, start);
    return file === 'stages.ts' ? first.promise : Promise.resolve(undefined);
  });
  write('stages.ts');
  await until(() => synthesized.length === 1);
  // Is notified as soon as the other is; once it has the later edit, the other has the earlier one.
  const other = await watching();
  write('infrastructure.ts');
  await until(() => other.synthesized.length === 1);
  write('shared/helper.ts');
  await until(() => other.synthesized.length === 2);
  const released = performance.now();
  first.resolve(undefined);
  await until(() => synthesized.length > 1);

  expect(starts.get('infrastructure.ts')).toBeLessThan(released);
});

it('a file that is saved without a change causes no synthesis', async () => {
  write('stages.ts', 'same');
  const { synthesized } = await watching();
  write('stages.ts', 'same');

  write('shared/helper.ts');
  await until(() => synthesized.length > 0);

  expect(synthesized).toEqual(['shared/helper.ts']);
});

it('an edit between a synthesis and the start of its run is taken up', async () => {
  write('stages.ts', 'before');
  const seen = await readInputs(root);
  write('stages.ts', 'after');
  const synthesize = vi.fn(async () => ({ hasFailed: false }));
  const reloader = new Reloader({ root, say: () => {}, synthesize });
  onTestFinished(() => reloader.close());

  await reloader.start(async () => seen);
  await until(() => synthesize.mock.calls.length > 0);

  expect(synthesize).toHaveBeenCalledExactlyOnceWith('stages.ts', expect.any(Number));
});

it('an edit of a function while the first run begins is taken up', async () => {
  mkdirSync(join(root, '.asset'));
  write('.asset/index.mjs', '');
  write('entry.ts', 'export const handler = () => 1;');
  const asset = join(root, '.asset');
  const functions = [{ label: 'processor', codeDirectory: asset, environment: {} } as FunctionModel];
  const said: string[] = [];
  const reloader = new Reloader({
    root,
    say: (line) => said.push(line),
    synthesize: async () => ({ hasFailed: false }),
  });
  onTestFinished(() => reloader.close());
  const live = () => said.filter((line) => line.startsWith('entry.ts: live in the processor'));

  await reloader.start(async () => {
    const seen = await readInputs(root);
    const bundles = [{ entry: join(root, 'entry.ts'), asset }];
    await reloader.attach({ bundles, functions, sandboxes: sandboxesOf() });
    write('entry.ts', 'export const handler = () => 2;');
    return seen;
  });
  await until(() => live().length > 1);

  expect(said).toHaveLength(2);
});

it('an unexpected failure does not end the taking up of edits', async () => {
  const { synthesized, said } = await watching(async (file) => {
    if (file === 'stages.ts') throw new Error('disk full');
    return undefined;
  });
  write('stages.ts');
  await until(() => said.length > 0);
  write('shared/helper.ts');
  await until(() => synthesized.length > 1);

  expect(said).toEqual(['The last edit is not taken up: Error: disk full']);
  expect(synthesized).toEqual(['stages.ts', 'shared/helper.ts']);
});

/** Functions that take every bundle which gets to them. */
function sandboxesOf() {
  const code = new Map<string, string>();
  return {
    replace: async (fn: FunctionModel, directory: string) => void code.set(fn.arn, directory),
    codeOf: (fn: FunctionModel) => code.get(fn.arn) ?? fn.codeDirectory,
  };
}

it.each([true, false])(
  'an edit of a function after a failed synthesis is synthesized, and is live even if that fails as well (%s)',
  async (failsAgain) => {
    mkdirSync(join(root, '.local/asset'), { recursive: true });
    write('.local/asset/index.mjs', '');
    write('entry.ts', 'export const handler = () => 1;');
    const asset = join(root, '.local/asset');
    const functions = [
      { label: 'processor', codeDirectory: asset, environment: {} } as unknown as FunctionModel,
    ];
    let fails = true;
    const { reloader, synthesized, said } = await watching(async () => (fails ? 'failed' : 'made'));
    const bundles = [{ entry: join(root, 'entry.ts'), asset }];
    await reloader.attach({ bundles, functions, sandboxes: sandboxesOf() });
    write('stages.ts');
    await until(() => synthesized.length === 1);

    fails = failsAgain;
    write('entry.ts', 'export const handler = () => 2;');
    await until(() => said.length === 2);
    write('entry.ts', 'export const handler = () => 3;');
    await until(() => said.length === 3);

    expect(synthesized).toEqual(['stages.ts', 'entry.ts', ...(failsAgain ? ['entry.ts'] : [])]);
  },
);

it('code that still runs is kept through any number of edits after it that cannot be loaded', async () => {
  mkdirSync(join(root, '.asset'));
  write('.asset/index.mjs', '');
  write('entry.ts', 'export const handler = () => 1;');
  const asset = join(root, '.asset');
  const fn = { arn: 'fn', label: 'processor', codeDirectory: asset, environment: {} } as FunctionModel;
  const sandboxes = sandboxesOf();
  const live = await LiveBundles.open(
    { bundles: [{ entry: join(root, 'entry.ts'), asset }], functions: [fn], sandboxes },
    { root, say: () => undefined },
  );
  onTestFinished(() => live.close());

  for (let edit = 0; edit < 4; edit += 1) {
    write('entry.ts', `throw new Error('${edit}'); export const handler = 1;`);
    await live.takeUp(new Set([join(root, 'entry.ts')]), 0);
  }

  expect(readdirSync(sandboxes.codeOf(fn))).toContain('index.mjs');
  expect(readdirSync(root).filter((name) => name.startsWith('bundle.'))).toHaveLength(3);
});

it.each([
  ['processor', 'the processor', {}],
  ['keep', 'the handler keep', { POWERTOOLS_SERVICE_NAME: 'keep' }],
  ['Reports', 'the function Reports', {}],
])(
  'a reload names the function %s, and says of code that cannot be loaded what synthesis says',
  async (label, title, environment) => {
    mkdirSync(join(root, '.asset'));
    write('.asset/index.mjs', '');
    write('entry.ts', 'export const handler = () => 1;');
    const said: string[] = [];
    const asset = join(root, '.asset');
    const functions = [{ label, codeDirectory: asset, environment } as FunctionModel];
    const live = await LiveBundles.open(
      {
        bundles: [{ entry: join(root, 'entry.ts'), asset, isOwn: true }],
        functions,
        sandboxes: sandboxesOf(),
      },
      { root, say: (line) => said.push(line) },
    );
    onTestFinished(() => live.close());
    const takeUp = () => live.takeUp(new Set([join(root, 'entry.ts')]), 0);

    write('entry.ts', "export const handler = 1;\nthrow new TypeError('no table');");
    await takeUp();
    write('entry.ts', 'export const other = 1;');
    await takeUp();

    expect(said).toEqual([
      expect.stringMatching(new RegExp(`^entry\\.ts: live in ${title} after [\\d.]+ s$`)),
      expect.stringMatching(/entry\.ts:2: TypeError: no table; what ran before still runs$/),
      'entry.ts: it exports no handler; what ran before still runs',
    ]);
  },
);

it('a handler of a customer may become CommonJS while it runs', async () => {
  mkdirSync(join(root, '.asset'));
  write('.asset/index.mjs', '');
  write('entry.js', 'export const handler = () => 1;');
  const said: string[] = [];
  const asset = join(root, '.asset');
  const live = await LiveBundles.open(
    {
      bundles: [{ entry: join(root, 'entry.js'), asset, isOwn: true }],
      functions: [{ label: 'keep', codeDirectory: asset, environment: {} } as unknown as FunctionModel],
      sandboxes: sandboxesOf(),
    },
    { root, say: (line) => said.push(line) },
  );
  onTestFinished(() => live.close());

  write('entry.js', 'exports.handler = handler;\nasync function handler() { return 2; }');
  await live.takeUp(new Set([join(root, 'entry.js')]), 0);

  const isLive = /^entry\.js: live in the function keep after [\d.]+ s$/;
  expect(said).toEqual([expect.stringMatching(isLive), expect.stringMatching(isLive)]);
});

it('a bundle that cannot be built says so once, whatever else is written', async () => {
  mkdirSync(join(root, '.asset'));
  write('.asset/index.mjs', '');
  write('entry.ts', 'export const a = 1;');
  const said: string[] = [];
  const bundle = { entry: join(root, 'entry.ts'), asset: join(root, '.asset') };
  const sandboxes = sandboxesOf();
  const live = await LiveBundles.open(
    { bundles: [bundle], functions: [], sandboxes },
    { root, say: (line) => said.push(line) },
  );
  onTestFinished(() => live.close());
  const takeUp = (file: string) => live.takeUp(new Set([join(root, file)]), 0);

  write('entry.ts', 'export const a = ;');
  await takeUp('entry.ts');
  await takeUp('README.md');
  await takeUp('data.json');
  write('entry.ts', 'export const a = 1;');
  await takeUp('entry.ts');

  expect(said).toEqual([
    expect.stringMatching(/entry\.ts:1: Unexpected ";"; what ran before still runs$/),
    'entry.ts: is again what runs',
  ]);
});
