import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenLinks, missingEntries } from './contents.ts';
import { makeInitApp } from './init-app.ts';
import { installOldest, ownTemplates, templatesOf } from './oldest-cdk.ts';
import { APPS, type Ended, filesOf, install, makeFolder, pack, removeFolder, run } from './pack.ts';
import { synthesize } from './synthesize.ts';

const folder = makeFolder();
const clinic = join(folder, 'clinic');
const modules = join(clinic, 'node_modules');
const installed = join(modules, 'cyberdesk-webhooks');
let tarball: string;
afterAll(() => removeFolder(folder));

/** The app that `cdk init` makes, with the packed package and the construct. */
beforeAll(() => {
  tarball = pack(folder);
  makeInitApp(clinic, tarball);
  install(clinic);
  for (const app of ['esm', 'resolution']) cpSync(join(APPS, app), join(clinic, app), { recursive: true });
});

const SUCCESS: Ended = { output: '', status: 0 };

/** With the TypeScript of the app, or with this repository's, which is two major versions newer. */
const compile = (...args: string[]) => run('node', [join(modules, 'typescript/bin/tsc'), ...args]);
const compileNew = (...args: string[]) => run('tsc', args);

describe('the published package', () => {
  it('the package contains JavaScript and types, but neither tests nor tools', () => {
    const files = filesOf(installed);

    expect(files).toEqual(
      expect.arrayContaining([
        'bin/with-node.mjs',
        'dist/lib/index.js',
        'dist/lib/index.d.ts',
        'dist/cjs/lib/index.js',
        'dist/ops/main.js',
        'dist/ops/console/page/index.html',
        'dist/ops/completion/completion.bash',
        'dist/ops/cost/event-use.json',
        'LICENSE',
      ]),
    );
    const read = /^(bin\/with-node\.mjs|ops\/cyberdesk-webhooks\.mjs|local\/.*\.md)$/;
    expect(files.filter((file) => /^(test|local|bin|ops)\//.test(file) && !read.test(file))).toEqual([]);
    // Node does not strip types inside node_modules. The customer's files are there to be read.
    expect(files.filter((file) => /^(dist|lib|lambda)\/.*(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('the package has a file for each entry, as an ES module and as CommonJS, with types', () => {
    expect(missingEntries(installed)).toEqual([]);
  });

  it('the pages of the package link only to what is in the package', () => {
    expect(filesOf(installed)).toContain('README.md');
    expect(brokenLinks(installed)).toEqual([]);
  });

  it('the package brings neither a Node.js nor what only this repository needs', () => {
    const own = JSON.parse(readFileSync('package.json', 'utf8'));
    const { optionalDependencies } = JSON.parse(readFileSync('local/node/package.json', 'utf8'));
    const lock = JSON.parse(readFileSync(join(clinic, 'package-lock.json'), 'utf8'));
    const { dependencies, optionalDependencies: optional } = lock.packages['node_modules/cyberdesk-webhooks'];

    expect(dependencies).toEqual(own.dependencies);
    expect(optional).toBeUndefined();
    expect(Object.keys(optionalDependencies).filter((name) => existsSync(join(modules, name)))).toEqual([]);
    expect(readdirSync(join(modules, '.bin'))).not.toContain('node');
  });

  it("the package provides the operator's command", () => {
    const { output, status } = run('node', [join(installed, 'ops/cyberdesk-webhooks.mjs'), '--help']);

    expect(output).toMatch(/^Usage: cyberdesk-webhooks/);
    expect(status).toBe(0);
  });
});

describe('apps with the package', () => {
  it('jest as cdk init configures it tests the stack and the rules, and so does ts-jest with node10 types', () => {
    const configs = ['jest.config.js', 'jest.ts-jest.config.js'];
    const { output, status } = run('node', [join(modules, 'jest/bin/jest.js'), '--projects', ...configs], {
      cwd: clinic,
    });

    expect(output).toContain('4 passed, 4 total');
    expect(status, output).toBe(0);
  });

  it('an app that is compiled to CommonJS bundles its compiled rules', () => {
    // ts-jest has checked the types.
    expect(compile('--project', join(clinic, 'tsconfig.node10.json'), '--noCheck')).toEqual(SUCCESS);
    const bundle = synthesize(clinic, [join(clinic, 'compiled/bin/clinic.js')], 'ClinicStack');

    expect(bundle).toContain('notify-the-clinic');
    expect(bundle.split('DuplicateRuleNameError')).toHaveLength(2);
  });

  it('an app of ES modules compiles, tests its rules, and bundles them instead of the shipped ones', () => {
    const app = join(clinic, 'esm');

    expect(compileNew('--project', app)).toEqual(SUCCESS);
    expect(run('node', [join(app, 'check-rules.ts')])).toEqual(SUCCESS);
    const bundle = synthesize(app, [join(app, 'app.ts')], 'Clinic');

    expect(bundle).toContain('notify-the-clinic');
    expect(bundle).not.toContain('start-next-workflow');
    // It contains the rules library once, although both the package and the customer import it.
    expect(bundle.split('DuplicateRuleNameError')).toHaveLength(2);
  });

  it('the examples compile against the package, and their rules can be loaded', () => {
    const examples = join(clinic, 'esm/examples');
    cpSync('examples', examples, { recursive: true });
    // Their tests use the emulators of this repository.
    const config = { extends: '../tsconfig.json', include: ['**/*.ts'], exclude: ['**/*.test.ts'] };
    writeFileSync(join(examples, 'tsconfig.json'), JSON.stringify(config));
    const rules = filesOf(examples).filter((file) => file.endsWith('follow-ups.ts'));
    const load = 'for (const file of process.argv.slice(1)) await import(file)';

    expect(rules.length).toBeGreaterThanOrEqual(8);
    expect(compileNew('--project', examples)).toEqual(SUCCESS);
    const files = rules.map((file) => `file://${join(examples, file)}`);
    expect(run('node', ['--input-type=module', '--eval', load, ...files], { cwd: examples })).toEqual(
      SUCCESS,
    );
  });

  it('ES modules and CommonJS compile and run with node16 resolution', () => {
    const app = join(clinic, 'resolution');
    for (const form of ['mts', 'cts']) copyFileSync(join(app, 'uses.ts'), join(app, `uses.${form}`));

    expect(compile('--project', app, '--module', 'node16', '--moduleResolution', 'node16')).toEqual(SUCCESS);
    for (const form of ['mjs', 'cjs']) {
      expect(run('node', [join(app, 'compiled', `uses.${form}`)])).toEqual({
        output: "[ 'tell' ] function function",
        status: 0,
      });
    }
  });

  it('the types are found with bundler resolution', () => {
    const flags = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'];

    expect(compileNew('--project', join(clinic, 'resolution'), ...flags)).toEqual(SUCCESS);
  });

  it('the oldest peers synthesize the templates that the newest do', () => {
    const oldest = installOldest(folder, tarball);

    expect(templatesOf(oldest)).toEqual(ownTemplates());
  });
});
