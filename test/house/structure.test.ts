import { describe, expect, it } from 'vitest';
import { OWN_FILES } from '../support/product.ts';
import { findCircles } from './circles.ts';
import { readRepository, readText } from './repository.ts';
import { readSource } from './source.ts';
import { BELOW, findViolations, LAMBDA_BELOW, placeOf, ROOMS, roomOf, TOOLS } from './storeys.ts';

const sources = readRepository();

describe('the structure of the repository', () => {
  it('the repository has no import circles, type imports included', () => {
    expect(findCircles(sources)).toEqual([]);
  });

  it('the repository has no import that points up, or past the index.ts of a room', () => {
    expect(findViolations(sources)).toEqual([]);
  });

  it('the repository has a place in the order for every folder and every room', () => {
    const folders = new Set(sources.map(({ path }) => placeOf(path)));
    const rooms = new Set(sources.flatMap(({ path }) => roomOf(path) ?? []));
    const inLambda = new Set(sources.flatMap(({ path }) => /^lambda\/([^/]+)\//.exec(path)?.[1] ?? []));
    folders.delete('test');

    expect(
      [...folders].filter((folder) => !(folder in BELOW) && !/\.(test|config)\.ts$/.test(folder)),
    ).toEqual([]);
    expect([...rooms].sort()).toEqual([...ROOMS].sort());
    expect([...inLambda].filter((folder) => !(folder in LAMBDA_BELOW))).toEqual([]);
  });

  it.each(Object.entries(TOOLS))(
    'the repository has a place in the order for every part of %s',
    (folder, order) => {
      const parts = sources
        .filter(({ path }) => path.startsWith(`${folder}/`))
        .map(({ path }) => path.split('/')[1]);

      expect([...new Set(parts)].sort()).toEqual([...order].sort());
    },
  );

  it('the repository has no error class whose name does not end in Error, in JavaScript as in TypeScript', () => {
    const misnamed = sources.flatMap(({ path, classes }) =>
      classes
        .filter(({ name, parent }) => parent?.endsWith('Error') && !name.endsWith('Error'))
        .map(({ name, line }) => `${path}:${line} ${name}`),
    );

    expect(misnamed).toEqual([]);
  });

  it('the repository has only imports of files that exist', () => {
    const paths = new Set(sources.map(({ path }) => path));
    const lost = sources.flatMap(({ path, imports }) =>
      imports
        .map(({ target }) => ({ path, target }))
        .filter(({ target }) => /\.[mc]?[jt]s$/.test(target) && !paths.has(target)),
    );

    expect(lost).toEqual([]);
  });
});

describe("the customer's files", () => {
  const tests = sources.filter(({ path }) => path.startsWith('test/'));

  it('no test imports a file of the customer', () => {
    const isOwn = (target: string) =>
      OWN_FILES.some((name) => target === name || target.startsWith(`${name}/`));
    const importing = tests.filter(({ imports }) => imports.some(({ target }) => isOwn(target)));

    expect(importing.map(({ path }) => path)).toEqual([]);
  });

  it('every test that starts a local run names the app that it means', () => {
    const unnamed = tests
      .map(({ path }) => path)
      .filter((path) => /startLocal\((?!\{[^}]*\bapp\b)/.test(readText(path)));

    expect(unnamed).toEqual([]);
  });
});

describe('the structure checker', () => {
  const reasons = (path: string, text: string) =>
    findViolations([readSource(path, text, { '#follow-ups': 'follow-ups.ts' })]).map(({ why }) => why);

  it.each([
    [
      'lambda/core/plan/new.ts',
      "import type { ActContext } from '../act/index.ts';",
      'the room act is above plan',
    ],
    [
      'lambda/core/act/new.ts',
      "export * from '../plan/plan.ts';",
      'the way into the room plan is its index.ts',
    ],
    [
      'lambda/verifier/new.ts',
      "import { receive } from '../core/receive/receive.ts';",
      'the way into the room receive is its index.ts',
    ],
    [
      'lambda/core/model/new.ts',
      "import { log } from '../../adapters/log.ts';",
      'core may not import adapters',
    ],
    [
      'lambda/rules/new.ts',
      "import type { Plan } from '../core/plan/index.ts';",
      'rules may not import core',
    ],
    [
      'lambda/adapters/new.ts',
      "type Stage = import('../../lib/index.ts').Stage;",
      'lambda may not import lib',
    ],
    ['lib/new.ts', "await import('../ops/main.ts');", 'lib may not import ops'],
    ['ops/new.ts', "export { run } from '../local/run.ts';", 'ops may not import local'],
    ['ops/stage/new.ts', "import { show } from '../cli/show.ts';", 'ops/cli is above stage'],
    [
      'ops/events/new.ts',
      "import type { Call } from '../console/api/call.ts';",
      'ops/console is above events',
    ],
    [
      'local/template/new.ts',
      "import { Emulators } from '../emulators/emulators.ts';",
      'local/emulators is above template',
    ],
    [
      'local/emulators/new.ts',
      "import type { LocalOptions } from '../options.ts';",
      'local/options.ts is above emulators',
    ],
    ['lib/new.ts', 'await import(`../ops/main.ts`);', 'lib may not import ops'],
    ['lib/new.ts', "new URL('../ops/main.ts', import.meta.url);", 'lib may not import ops'],
    ['lib/new.ts', "import main = require('../ops/main.ts');", 'lib may not import ops'],
    ['lib/new.cjs', "require('../ops/main.ts');", 'lib may not import ops'],
    ['lib/new.js', "/** @type {import('../ops/main.ts').Main} */\nlet main;", 'lib may not import ops'],
    [
      'lambda/core/plan/new.ts',
      "import rules from '#follow-ups';",
      'only lambda/processor may import follow-ups.ts',
    ],
    [
      'lambda/adapters/new.ts',
      "import rules from '../../follow-ups.ts';",
      'only lambda/processor may import follow-ups.ts',
    ],
    [
      'lambda/processor/new.ts',
      "import rules from '../../follow-ups.ts';",
      'the way to follow-ups.ts is its alias',
    ],
    [
      'follow-ups.ts',
      "import { plan } from './lambda/core/plan/index.ts';",
      'follow-ups.ts may import lambda/rules/index.ts only',
    ],
    [
      'lambda/core/store/new.ts',
      "import { SQS } from '@aws-sdk/client-sqs';",
      'lambda/core may not import @aws-sdk/client-sqs',
    ],
    [
      'lambda/rules/new.ts',
      "import type { Logger } from '@aws-lambda-powertools/logger';",
      'lambda/rules may not import @aws-lambda-powertools/logger',
    ],
    [
      'lib/new.ts',
      "import { handler } from '../lambda/verifier/handler.ts';",
      'lambda/verifier/handler.ts is an entry point, which nothing imports',
    ],
    [
      'ops/new.ts',
      "new URL('../lambda/sweeper/handler.ts', import.meta.url);",
      'lambda/sweeper/handler.ts is an entry point, which nothing imports',
    ],
  ])('the structure checker refuses the planted import in %s: %s', (path, text, why) => {
    expect(reasons(path, text)).toEqual([why]);
  });

  it('the structure checker accepts the rules in the processor by their alias, and AWS clients in adapters', () => {
    expect(reasons('lambda/processor/new.ts', "import rules from '#follow-ups';")).toEqual([]);
    expect(reasons('follow-ups.ts', "import { startRun } from './lambda/rules/index.ts';")).toEqual([]);
    expect(reasons('lambda/adapters/new.ts', "import { SQS } from '@aws-sdk/client-sqs';")).toEqual([]);
  });

  it('the structure checker takes neither URLs of the network nor files that are not code for imports', () => {
    const text = "new URL('/a.ts', base); new URL('../ops/a.yaml', import.meta.url);";

    expect(readSource('lib/a.ts', text).imports).toEqual([]);
  });

  it('the structure checker accepts imports of an earlier room by its index.ts, and everything in tests', () => {
    expect(reasons('lambda/core/act/new.ts', "import { Plan } from '../plan/index.ts';")).toEqual([]);
    expect(
      reasons('test/core/new.test.ts', "import { plan } from '../../lambda/core/plan/plan.ts';"),
    ).toEqual([]);
  });

  it('the structure checker finds a planted circle of type imports, and a file that imports itself', () => {
    const planted = [
      readSource('lib/a.ts', "import type { B } from './b.ts';"),
      readSource('lib/b.ts', "export type { C } from './c.ts';"),
      readSource('lib/c.ts', "type A = import('./a.ts').A;"),
      readSource('lib/d.ts', "import './a.ts';"),
      readSource('lib/e.ts', "import './e.ts';"),
    ];

    expect(findCircles(planted)).toEqual([['lib/a.ts', 'lib/b.ts', 'lib/c.ts'], ['lib/e.ts']]);
  });
});
