import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CyberdeskWebhooks } from 'cyberdesk-webhooks';
import type { Delivered, FinishedEvent } from 'cyberdesk-webhooks/delivery';
import { deliver, type FinishedRun } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { beforeAll, expect, it, vi } from 'vitest';
import { useEmulatedAws } from '#emulated-aws';
import rules from './follow-ups.ts';
import { extend } from './infrastructure.ts';

useEmulatedAws();

// No function is bundled: the template does not depend on it.
const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Clinic');
const destinations = { persist: { handler: join(import.meta.dirname, 'handlers/persist-run.ts') } };
extend({ stack, receiver: new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'prod', destinations }) });
const template = Template.fromStack(stack);

const [table] = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'));

beforeAll(async () => {
  const { AttributeDefinitions, KeySchema, BillingMode } = table?.Properties ?? {};
  const create = { TableName: 'runs', AttributeDefinitions, KeySchema, BillingMode };
  await new DynamoDBClient().send(new CreateTableCommand(create));
  vi.stubEnv('RUNS_TABLE', 'runs');
});

/** Hands a run to the handler, as `deliver` does, and reads what is stored of it. */
async function store(delivery: string, run: Partial<FinishedRun>) {
  const { handler } = await import('./handlers/persist-run.ts');
  const finished = finishedRun({ id: 'run-1', ...run });
  const delivered = { id: delivery, time: finished.ended_at, data: { run: finished } };
  await handler(delivered as Delivered<FinishedEvent>);
  const get = new GetItemCommand({ TableName: 'runs', Key: { id: { S: 'run-1' } } });
  const { Item = {} } = await new DynamoDBClient().send(get);
  return { status: Item.status?.S, output: JSON.parse(Item.output?.S ?? 'null') };
}

it.each(['success', 'error', 'task_failed', 'cancelled'] as const)(
  'a run with status %s is stored',
  (status) => {
    expect(planFor(rules, finishedRun({ status }))).toEqual({ 'persist-run': [deliver('persist')] });
  },
);

it('the table keeps the latest ending of a run, in whatever order deliveries arrive', async () => {
  const first = { status: 'error', ended_at: '2026-01-01T00:01:00Z' } as const;
  const second = { output_data: { total: 119.5 }, ended_at: '2026-01-01T00:09:00Z' };
  const latest = { status: 'success', output: { total: 119.5 } };

  expect(await store('a', first)).toEqual({ status: 'error', output: null });
  expect(await store('b', second)).toEqual(latest);
  expect(await store('b', second)).toEqual(latest);
  expect(await store('a', first)).toEqual(latest);
});

it('the handler knows the table, and may do nothing but write to it', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ RUNS_TABLE: Match.anyValue() }) },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'dynamodb:UpdateItem',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Runs'), 'Arn'] },
        }),
      ]),
    },
  });
});
