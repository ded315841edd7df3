import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stages } from '../../stages.ts';

const folder = '.github/workflows';
const texts = Object.fromEntries(
  readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
);
const workflow = (file: string) => parse(texts[file] as string);

describe.each(Object.entries(texts))('%s', (_, text) => {
  it('pins every action by commit and says which release that is', () => {
    const uses = text.split('\n').filter((line) => /^\s*(- )?uses: (?!\.\/)/.test(line));

    for (const line of uses) expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('stores no key and puts no input into a script', () => {
    expect(text).not.toMatch(/secrets\.|ACCESS_KEY|access-key/i);
    expect(text).not.toMatch(/run:.*\$\{\{/);
  });

  it('may by default only read', () => {
    expect(parse(text).permissions).toMatchObject({ contents: 'read' });
  });
});

describe('the test', () => {
  it('keeps no cache of a user as whom it does not run', () => {
    const { steps } = workflow('test.yml').jobs.test;

    expect(JSON.stringify(steps)).toContain('sudo');
    expect(JSON.stringify(steps)).not.toContain('"cache"');
  });
});

describe('deployment', () => {
  it('tests first, then deploys every stage in turn', () => {
    const { jobs } = workflow('deploy.yml');

    expect(Object.keys(jobs)).toEqual(['test', ...Object.keys(stages)]);
    expect(jobs.dev.needs).toBe('test');
    expect(jobs.prod.needs).toBe('dev');
    for (const stage of Object.keys(stages)) expect(jobs[stage].with.stage).toBe(stage);
  });

  it('is called with a stage, by the other workflow or by hand', () => {
    const { on } = workflow('deploy-stage.yml');

    expect(on.workflow_call.inputs.stage).toMatchObject({ type: 'string', required: true });
    expect(on.workflow_dispatch.inputs.stage).toMatchObject({ type: 'environment', required: true });
  });

  it('assumes the role of the stage by a token of GitHub', () => {
    const { jobs } = workflow('deploy-stage.yml');
    const { environment, steps } = jobs.deploy;

    expect(environment).toBe('$' + '{{ inputs.stage }}');
    expect(steps.find(({ uses }: { uses?: string }) => uses?.startsWith('aws-actions/')).with).toEqual({
      'role-to-assume': '$' + '{{ vars.AWS_ROLE_ARN }}',
      'aws-region': '$' + '{{ vars.AWS_REGION }}',
    });
  });
});
