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

interface Job {
  environment?: string;
  permissions?: Record<string, string>;
  steps?: { run?: string; uses?: string; with?: Record<string, unknown> }[];
}

/** Jobs that may ask GitHub for a token, with which AWS, npm or Sigstore take them for this repository. */
const trusted = Object.keys(texts).flatMap((file) => {
  const { permissions, jobs }: { permissions: object; jobs: Record<string, Job> } = workflow(file);
  return Object.entries(jobs)
    .filter(([, job]) => 'id-token' in (job.permissions ?? permissions) && job.steps)
    .map(([name, { environment, steps = [] }]) => ({ name: `${file}, ${name}`, environment, steps }));
});

describe('jobs that can mint a token', () => {
  it('the jobs that can mint a token are those that deploy, publish, comment and compare schemas', () => {
    expect(trusted.map(({ name }) => name)).toEqual([
      'deploy-stage.yml, deploy',
      'release.yml, publish',
      'rules-diff.yml, diff',
      'schemas.yml, check',
    ]);
  });

  it.each(trusted)(
    '$name belongs to an environment, whose reviewers and branches decide who gets its token',
    (job) => {
      expect(job.environment).toBeTruthy();
    },
  );

  it.each(trusted)('$name runs no install script of any package', ({ steps }) => {
    const installs = steps.flatMap(
      ({ run = '' }) => run.match(/npm (ci|install|i|publish|rebuild)\b.*/g) ?? [],
    );

    expect(installs).not.toEqual([]);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });

  it('only the jobs that need it have more than read permissions, each only for itself', () => {
    for (const file of Object.keys(texts)) expect(workflow(file).permissions).toEqual({ contents: 'read' });
  });
});

describe('release workflow', () => {
  const { on, jobs } = workflow('release.yml');

  it('the release workflow is started by a tag, and tests and builds before it publishes', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect([jobs.build.needs, jobs.publish.needs]).toEqual(['test', 'build']);
    expect(jobs.publish.environment).toBe('release');
  });

  it('the job that signs and publishes runs no code of the repository or of its packages, and uses no cache', () => {
    const { steps }: Job = jobs.publish;

    expect(JSON.stringify(steps)).not.toMatch(/actions\/checkout|npm (ci|run|install|test)|npx/);
    for (const { steps = [] } of [jobs.build, jobs.publish] as Job[]) {
      const [node] = steps.filter(({ uses }) => uses?.startsWith('actions/setup-node'));
      expect(node?.with).toMatchObject({ 'package-manager-cache': false });
    }
  });

  it('what is published is attested with its SBOM, and npm gets its provenance', () => {
    const { steps = [] }: Job = jobs.publish;
    const attested = steps.flatMap(({ uses = '', with: given }) => (/attest/.test(uses) ? [given] : []));

    expect(attested).toEqual([
      { 'subject-path': 'release/*' },
      { 'subject-path': 'release/*.tgz', 'sbom-path': 'release/bundles.cdx.json' },
    ]);
    expect(steps.map(({ run }) => run).filter((run) => /npm publish/.test(run ?? ''))).toEqual([
      expect.stringContaining('--provenance'),
    ]);
  });
});

describe('workflow of schemas', () => {
  it('the workflow of schemas checks types and rules of main, every day and with no more than a role that reads', () => {
    const { on, jobs } = workflow('schemas.yml');
    const { environment, permissions, steps }: Job = jobs.check;
    const verbs = steps?.flatMap(({ run = '' }) => /cyberdesk-webhooks (.*) --stage/.exec(run)?.[1] ?? []);

    expect(verbs).toEqual(['types --check', 'rules check']);
    expect({ environment, permissions }).toEqual({
      environment: 'schemas',
      permissions: { contents: 'read', 'id-token': 'write' },
    });
    expect(on).toMatchObject({ schedule: [{ cron: expect.any(String) }], push: { branches: ['main'] } });
    expect(on).not.toHaveProperty('pull_request');
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
