import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { one, type Template } from './support/synth.ts';

const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-customer-'));
const modules = join(folder, 'node_modules');
const installed = join(modules, 'cyberdesk-webhooks');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty app with the packed package and its dependencies. */
beforeAll(() => {
  cpSync(join(import.meta.dirname, 'support', 'customer'), folder, { recursive: true });
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' }).replace(
      /^[^[]*(?=\[\n)/,
      '',
    ),
  );
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  link(resolve('node_modules'), modules);
});

describe('the published package', () => {
  it('the package contains JavaScript and types, but neither tests nor tools', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });

    expect(files).toEqual(
      expect.arrayContaining([
        'bin/with-node.mjs',
        'dist/lib/index.js',
        'dist/lib/index.d.ts',
        'dist/ops/main.js',
        'dist/ops/console/page/index.html',
        'dist/ops/completion/completion.bash',
        'dist/ops/cost/event-use.json',
        'LICENSE',
      ]),
    );
    expect(
      files.filter((file) =>
        /^(test|local|bin\/(?!with-node\.mjs)|ops\/(?!cyberdesk-webhooks\.mjs))/.test(file),
      ),
    ).toEqual([]);
    // Node does not strip types inside node_modules.
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it("the package provides the operator's command", () => {
    const command = join(installed, 'ops', 'cyberdesk-webhooks.mjs');

    const { stdout, stderr, status } = spawnSync('node', [command, '--help'], {
      cwd: folder,
      encoding: 'utf8',
    });

    expect(stdout, stderr).toMatch(/^Usage: cyberdesk-webhooks/);
    expect(status).toBe(0);
  });

  it('the package provides types that the app compiles with', () => {
    const { stdout, status } = spawnSync(join(modules, '.bin', 'tsc'), ['--project', folder], {
      cwd: folder,
      encoding: 'utf8',
    });

    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it("the package tests the customer's own rules", () => {
    const { stderr, status } = spawnSync('node', [join(folder, 'check-rules.ts')], { encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it("the package bundles the customer's own rules instead of the shipped ones", () => {
    // Act
    const outdir = join(folder, 'cdk.out');
    const { stderr, status } = spawnSync('node', [join(folder, 'app.ts')], {
      // From another folder: all paths of the construct are absolute.
      cwd: tmpdir(),
      env: { ...process.env, CDK_OUTDIR: outdir },
      encoding: 'utf8',
    });

    // Assess
    expect(status, stderr).toBe(0);
    const template: Template = JSON.parse(readFileSync(join(outdir, 'Clinic.template.json'), 'utf8'));
    const { S3Key } = one(template, 'AWS::Lambda::Function', 'Processor').Properties.Code;
    const bundle = readFileSync(join(outdir, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8');
    expect(bundle).toContain('notify-the-clinic');
    expect(bundle).not.toContain('start-next-workflow');
    // It contains the rules library once, although both the package and the customer import it.
    expect(bundle.split('DuplicateRuleNameError')).toHaveLength(2);
  });
});

/** Links every package of one `node_modules` into another. */
function link(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) {
      mkdirSync(join(to, name), { recursive: true });
      link(join(from, name), join(to, name));
    } else if (name !== '.package-lock.json') {
      symlinkSync(join(from, name), join(to, name));
    }
  }
}
