import { beforeEach, expect, it, vi } from 'vitest';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { orNameStages } from '../../ops/stage/unknown-stage.ts';
import { awsError, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';

const STAGES = 'export const stages = { dev: {}, prod: {} };\n';
const noStack = awsError('ValidationError', 'Stack with id x does not exist');
const stacks = (...names: string[]) => ({
  StackSummaries: names.map((StackName) => ({ StackName, StackStatus: 'CREATE_COMPLETE' })),
});

beforeEach(() => () => vi.restoreAllMocks());

/** Calls `queues` for a stage, in a folder with these files, with these answers of AWS. */
async function call(stage: string, answers: Record<string, unknown>, files: Record<string, string>) {
  const folder = ownFolder({ 'package.json': '{}', ...files });
  vi.spyOn(process, 'cwd').mockReturnValue(folder.path('.'));
  const settings = { stage, region: 'eu-west-1' };
  const { clients } = stubAws(answers);
  const connect = () =>
    orNameStages(
      settings,
      () => connectDeployed(settings, clients),
      () => clients,
    );
  return run(['queues', '--stage', stage], { connect });
}

it('a stage that does not exist is named with the ones in stages.ts, before a region is missed', async () => {
  const { code, err } = await call(
    'staging',
    { DescribeStacks: new Error('Region is missing') },
    { 'stages.ts': STAGES },
  );

  expect(code).toBe(2);
  expect(err).toBe(
    'error: there is no stage "staging": name one that exists (stages.ts has dev, prod), or the local run (local)\n',
  );
});

it('a stage that does not exist is named with the ones that are deployed', async () => {
  const ListStacks = {
    StackSummaries: [
      ...stacks('CyberdeskWebhooks-prod', 'CyberdeskWebhooks-acme-dev', 'Other').StackSummaries,
      { StackName: 'CyberdeskWebhooks-old', StackStatus: 'DELETE_COMPLETE' },
    ],
  };

  const { err } = await call('staging', { DescribeStacks: noStack, ListStacks }, {});

  expect(err).toContain('does not exist in eu-west-1 (deployed there: prod): deploy it');
});

it('a stage of stages.ts that is not deployed is named with both', async () => {
  const { err } = await call(
    'dev',
    { DescribeStacks: noStack, ListStacks: stacks('CyberdeskWebhooks-prod') },
    { 'stages.ts': STAGES },
  );

  expect(err).toContain(
    'CyberdeskWebhooks-dev does not exist in eu-west-1 (stages.ts has dev, prod; deployed there: prod)',
  );
});

it.each([
  ['no stages.ts', {}],
  ['a stages.ts that has the stage', { 'stages.ts': STAGES }],
  ['a stages.ts that cannot be loaded', { 'stages.ts': 'export const stages = {' }],
])('an error about something else is left as it is with %s', async (_, files) => {
  const { err } = await call('dev', { DescribeStacks: awsError('ExpiredTokenException') }, files);

  expect(err).toContain('the AWS session has expired');
});

it('an error without permission to list stacks still says that the stage is not deployed', async () => {
  const { err } = await call('dev', { DescribeStacks: noStack, ListStacks: awsError('AccessDenied') }, {});

  expect(err).toContain('stack CyberdeskWebhooks-dev does not exist in eu-west-1: deploy it');
});
