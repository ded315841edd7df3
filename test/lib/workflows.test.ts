import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = '.github/workflows';
const texts = Object.fromEntries(
  readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
);
const workflow = (file: string) => parse(texts[file] as string);

describe.each(Object.entries(texts))('%s', (file, text) => {
  it(`${file} pins every action to a commit and names its release`, () => {
    const uses = text.split('\n').filter((line) => /^\s*(- )?uses: (?!\.\/)/.test(line));

    for (const line of uses) expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it(`${file} contains no keys and inserts no inputs into scripts`, () => {
    expect(text).not.toMatch(/secrets\.|ACCESS_KEY|access-key/i);
    expect(text).not.toMatch(/run:.*\$\{\{/);
  });

  it(`${file} has read-only permissions by default`, () => {
    expect(parse(text).permissions).toMatchObject({ contents: 'read' });
  });
});

describe('test workflow', () => {
  it('the test workflow uses no npm cache, as its tests run as another user', () => {
    const { steps } = workflow('test.yml').jobs.test;

    expect(JSON.stringify(steps)).toContain('sudo');
    expect(JSON.stringify(steps)).not.toContain('"cache"');
  });
});

describe('deployment workflow', () => {
  it('the deployment workflow runs the tests, then deploys the stages one after the other', () => {
    const { jobs } = workflow('deploy.yml');

    // Which stages there are is the customer's matter.
    const [first, ...deployments] = Object.keys(jobs);
    expect(first).toBe('test');
    expect(deployments.length).toBeGreaterThan(0);
    for (const [index, stage] of deployments.entries()) {
      expect(jobs[stage].uses).toBe('./.github/workflows/deploy-stage.yml');
      expect(jobs[stage].with.stage).toBe(stage);
      expect(jobs[stage].needs).toBe(deployments[index - 1] ?? first);
    }
  });

  it('the deployment workflow takes a stage, from another workflow or from a person', () => {
    const { on } = workflow('deploy-stage.yml');

    expect(on.workflow_call.inputs.stage).toMatchObject({ type: 'string', required: true });
    expect(on.workflow_dispatch.inputs.stage).toMatchObject({ type: 'environment', required: true });
  });

  it('the deployment workflow assumes the role of the stage with a GitHub token', () => {
    const { jobs } = workflow('deploy-stage.yml');
    const { environment, steps } = jobs.deploy;

    expect(environment).toBe('$' + '{{ inputs.stage }}');
    expect(steps.find(({ uses }: { uses?: string }) => uses?.startsWith('aws-actions/')).with).toEqual({
      'role-to-assume': '$' + '{{ vars.AWS_ROLE_ARN }}',
      'aws-region': '$' + '{{ vars.AWS_REGION }}',
    });
  });
});
