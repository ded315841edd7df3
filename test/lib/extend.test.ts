import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { atRoot, makeClone } from '../support/clone.ts';

const clone = makeClone();
const outdir = mkdtempSync(join(tmpdir(), 'extend-'));
afterAll(() => {
  clone.remove();
  rmSync(outdir, { recursive: true, force: true });
});

const HEAD = "import type { Extend } from './lib/extend.ts';\nimport { Queue } from 'aws-cdk-lib/aws-sqs';\n";

/** Starts the app as `cdk.json` does, with one of the customer's files replaced. Nothing is bundled. */
function synth(file: string, text: string, context: object = {}, script = ['bin/app.ts']) {
  const path = join(clone.root, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, text);
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
  };
  try {
    const { status, stderr } = spawnSync(process.execPath, script, {
      cwd: clone.root,
      env,
      encoding: 'utf8',
    });
    return { status, stderr };
  } finally {
    writeFileSync(path, before);
  }
}

/** Resources outside the construct, by stage. */
const ownResources = (stage: string): string[] => {
  const file = join(outdir, `CyberdeskWebhooks-${stage}.template.json`);
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<string, { Type: string }>;
  };
  return Object.entries(Resources).flatMap(([id, { Type }]) => (id.startsWith('Webhooks') ? [] : [Type]));
};

describe('infrastructure.ts', () => {
  it('what infrastructure.ts creates is in the template of every stage', () => {
    const text = atRoot(readFileSync('test/own-files/infrastructure.ts', 'utf8'));

    expect(synth('infrastructure.ts', text)).toMatchObject({ status: 0 });

    const expected = ['AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'];
    expect(ownResources('dev')).toEqual(expected);
    expect(ownResources('prod')).toEqual(expected);
  });

  it('infrastructure.ts may wait for something before the app is synthesized', () => {
    const text = `${HEAD}export const extend: Extend = async ({ stack }) => {\n  await null;\n  new Queue(stack, 'Late');\n};`;

    expect(synth('infrastructure.ts', text)).toMatchObject({ status: 0 });

    expect(ownResources('prod')).toEqual(['AWS::SQS::Queue']);
  });

  it('cdk-nag checks what infrastructure.ts creates', () => {
    const text = `${HEAD}export const extend: Extend = ({ stack }) => void new Queue(stack, 'Plain');`;

    const { status, stderr } = synth('infrastructure.ts', text, { nag: 'true' });

    expect(stderr).toMatch(/AwsSolutions-SQS4[\s\S]*CyberdeskWebhooks-dev\/Plain/);
    expect(status).not.toBe(0);
  });

  it.each([
    [
      'a throw at load',
      'const none = undefined as any;\nnone.queue;',
      /^infrastructure\.ts:4: TypeError: Cannot read .*$/,
    ],
    [
      'an import that fails',
      "import './nowhere.ts';",
      /^infrastructure\.ts: Cannot find module '.*nowhere\.ts'.*$/,
    ],
    ['a syntax error', 'const = 1;', /^infrastructure\.ts(:3)?: .*$/],
    [
      'no function of this name',
      'export const extended = 1;',
      /^infrastructure\.ts: it exports no function "extend"$/,
    ],
    [
      'a throw for one stage',
      "export const extend: Extend = ({ stage }) => {\n  if (stage === 'prod') throw new Error('no');\n};",
      /^infrastructure\.ts:4: stage "prod": no$/,
    ],
    [
      'a refusal by CDK',
      "export const extend: Extend = ({ stack }) => {\n  for (const _ of '12') new Queue(stack, 'Twice');\n};",
      /^infrastructure\.ts:4: stage "dev": There is already a Construct with name 'Twice' in .*$/,
    ],
    [
      'a rejected promise',
      "export const extend: Extend = async () => {\n  await null;\n  throw new Error('no');\n};",
      /^infrastructure\.ts:5: stage "dev": no$/,
    ],
  ])('infrastructure.ts with %s ends the synthesis with one line', (_, text, said) => {
    const { status, stderr } = synth('infrastructure.ts', HEAD + text);

    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(said)]);
    expect(status).toBe(1);
  });
});

describe('stages.ts', () => {
  it.each([
    ['the synthesis', ['bin/app.ts']],
    ['npm run deploy', ['bin/deploy.ts', 'dev']],
  ])('stages.ts with a throw ends %s with one line', (_, script) => {
    const text = 'export const stages = {};\n(undefined as any).dev;';

    const { status, stderr } = synth('stages.ts', text, {}, script);

    expect(stderr).toMatch(/^stages\.ts:2: TypeError: Cannot read .*\n$/);
    expect(status).toBe(1);
  });
});
