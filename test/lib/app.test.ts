import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackName } from '../../lib/add-stages.ts';
import { stages } from '../app/stages.ts';
import { makeClone } from '../support/clone.ts';
import { TEST_APP } from '../support/test-app.ts';
import { ofType, one, type Template } from './support/synth.ts';

const outdir = mkdtempSync(join(tmpdir(), 'cyberdesk-app-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** A machine without AWS: no credentials, no configuration and no network. */
const offline = {
  PATH: process.env.PATH,
  HOME: outdir,
  AWS_EC2_METADATA_DISABLED: 'true',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
};
const run = (command: string, args: string[]) =>
  spawnSync(command, args, { env: offline, encoding: 'utf8', shell: process.platform === 'win32' });

describe('cdk synth, offline, without credentials and with cdk-nag', () => {
  const templates: Record<string, Template> = {};
  let result: ReturnType<typeof run>;

  beforeAll(() => {
    result = run('npx', [
      'cdk',
      'synth',
      '--quiet',
      '--app',
      `node "${TEST_APP}"`,
      '-c',
      'nag=true',
      '-o',
      outdir,
    ]);
    for (const [stage, settings] of Object.entries(stages)) {
      const file = join(outdir, `${stackName(stage, settings)}.template.json`);
      if (existsSync(file)) templates[stage] = JSON.parse(readFileSync(file, 'utf8'));
    }
  });

  it('cdk synth writes the stack of each stage', () => {
    expect(result.stderr).not.toContain('ERROR');
    expect(result.status, result.stderr).toBe(0);
    expect(Object.keys(templates)).toEqual(Object.keys(stages));
  });

  it('cdk synth warns about stages without alarm recipients and about nothing else', () => {
    const warnings = result.stderr.split('\n').filter((line) => line.includes('WARNING'));

    expect(warnings).toEqual(
      Object.keys(stages).map((stage) =>
        expect.stringContaining(`stage "${stage}": alarms.emails: none is set`),
      ),
    );
  });

  it('cdk synth writes the outputs that the operator command and the local run read', () => {
    for (const template of Object.values(templates)) {
      expect(Object.keys(template.Outputs)).toEqual(
        expect.arrayContaining([
          'AlarmTopicArn',
          'ApiKeySecretName',
          'DlqUrl',
          'Installation',
          'NotifyTopicArn',
          'PublishTopicArn',
          'QueueUrl',
          'SigningSecretName',
          'TableName',
          'TicketTopicArn',
          'WebhookUrl',
        ]),
      );
    }
  });

  it('cdk synth retains the data of prod and deletes the data of dev with its stack', () => {
    expect(one(templates.prod as Template, 'AWS::DynamoDB::Table').DeletionPolicy).toBe('Retain');
    expect(one(templates.dev as Template, 'AWS::DynamoDB::Table').DeletionPolicy).toBe('Delete');
  });

  it('cdk synth bundles the verifier within 450 KB, or 135 KB compressed', () => {
    const code = readFileSync(bundleOf(templates.dev as Template, 'Verifier'));

    expect(code.length).toBeLessThanOrEqual(450 * 1024);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(135 * 1024);
  });

  it.each(['Verifier', 'Processor', 'Sweeper'])('cdk synth bundles a %s that Node can parse', (name) => {
    const bundle = bundleOf(templates.dev as Template, name);

    expect(run('node', ['--check', bundle]).status).toBe(0);
    expect(readFileSync(bundle, 'utf8')).toMatch(/export\s*\{[^}]*\bhandler\b[^}]*\}/);
    // Rules are the customer's, so only what runs them has frames in their files.
    expect(existsSync(`${bundle}.map`)).toBe(name === 'Processor');
  });

  function bundleOf(template: Template, name: string): string {
    const [, resource] = ofType(template, 'AWS::Lambda::Function').find(([id]) => id.includes(name)) ?? [];
    const { 'aws:asset:path': asset } = (resource as unknown as { Metadata: Record<string, string> })
      .Metadata;
    return join(outdir, asset as string, 'index.mjs');
  }
});

describe('cdk-nag', () => {
  const nagWith = (context: object) => {
    const script = `
      import { Validations } from 'aws-cdk-lib';
      import { runApp } from './lib/run-app.ts';
      const { of } = Validations;
      Validations.of = (scope) => Object.assign(of(scope), { addPlugins: () => console.log('nag') });
      await runApp({ dev: {} });`;
    const env = {
      ...offline,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...unbundled }),
    };
    const { stdout } = spawnSync('node', ['--input-type=module', '--eval', script], {
      env,
      encoding: 'utf8',
    });
    return stdout.includes('nag');
  };
  const unbundled = { 'aws:cdk:bundling-stacks': [] };

  it.each([
    [{ nag: 'true' }, true],
    [{ nag: 'false' }, false],
    [{ nag: false }, false],
  ])('%o enables cdk-nag: %s', (context, expected) => {
    expect(nagWith(context)).toBe(expected);
  });
});

describe("a customer's mistake", () => {
  const known = 'dev, prod';
  const clone = makeClone();
  afterAll(clone.remove);
  const deploy = (args: string[], env: NodeJS.ProcessEnv = offline) =>
    spawnSync(process.execPath, ['bin/deploy.ts', ...args], { cwd: clone.root, env, encoding: 'utf8' });

  it('a mistake in a setting fails the synthesis with one line and no stack trace', () => {
    const script = `import { runApp } from './lib/run-app.ts'; await runApp({ prod: { alarms: { email: 'a@b.ch' } } });`;

    const { status, stderr } = run('node', ['--input-type=module', '--eval', script]);

    expect(stderr).toBe('stage "prod": alarms.email: is not a known setting; did you mean "emails"?\n');
    expect(status).toBe(1);
  });

  it.each([
    ['an unknown stage', ['nowhere'], `unknown stage "nowhere"; stages.ts contains ${known}\n`],
    [
      'a stage named like a property of every object',
      ['constructor'],
      `unknown stage "constructor"; stages.ts contains ${known}\n`,
    ],
    [
      'an option that cdk does not have',
      ['dev', '--stack'],
      'cdk deploy has no option --stack: npx cdk deploy --help shows those that it has\n',
    ],
    ['no stage', [], `missing stage: use npm run deploy -- <stage>; stages.ts contains ${known}\n`],
  ])('a mistake in npm run deploy fails with one line: %s', (_, args, expected) => {
    const { status, stderr } = deploy(args);

    expect({ status, stderr }).toEqual({ status: 1, stderr: expected });
  });

  it('a mistake in npm run deploy fails with one line: cdk is not on the path', () => {
    const { status, stderr } = deploy(['dev'], { ...offline, AWS_REGION: 'eu-west-1', PATH: outdir });

    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^not looked at first: [^\n]+\nfailed to start cdk \(.*ENOENT\); use npm run deploy -- \w+\n$/,
    );
  });
});
