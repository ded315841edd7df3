import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CyberdeskWebhooks } from 'cyberdesk-webhooks';
import type { Delivered, FinishedEvent } from 'cyberdesk-webhooks/delivery';
import { deliver } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { useEmulatedAws } from '#emulated-aws';
import rules from './follow-ups.ts';
import { extend } from './infrastructure.ts';

const NAME = 'clinic/slack-url';
useEmulatedAws(NAME);

const failed = finishedRun({
  id: 'run-1',
  post_run_checks: [
    { name: 'Invoice is there', status: 'failed' },
    { name: 'Total is right', status: 'success' },
  ],
});
const delivered = { data: { run: failed } } as Delivered<FinishedEvent>;

/** A Slack that keeps what is posted. */
const posts: unknown[] = [];
let status = 200;
const slack: Server = createServer(async (request, response) => {
  posts.push(await json(request));
  response.writeHead(status).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
  const SecretString = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/services/T/B/key`;
  await new SecretsManagerClient().send(new PutSecretValueCommand({ SecretId: NAME, SecretString }));
  vi.stubEnv('SLACK_URL_SECRET', NAME);
});
afterAll(() => slack.close());

/** Loaded once AWS is there: its client is made at load. */
const handle = async () => (await import('./handlers/slack.ts')).handler(delivered);

it('a run with a failed check is delivered, and one without is not', () => {
  expect(planFor(rules, failed)).toEqual({ 'failed-checks-to-slack': [deliver('slack')] });
  expect(planFor(rules, finishedRun())).toEqual({});
});

it('Slack gets the failed check, and neither output nor inputs', async () => {
  await handle();

  expect(posts).toEqual([{ text: '*Failed checks of run* `run-1` (success)\n• Invoice is there: failed' }]);
});

it('the delivery fails while Slack does, so that it is repeated', async () => {
  status = 503;

  await expect(handle()).rejects.toThrow('Slack answered 503');
});

it('the handler may read this secret, of which the template has only the name', () => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Clinic');
  const receiver = new CyberdeskWebhooks(stack, 'Webhooks', {
    stage: 'prod',
    destinations: { slack: { handler: join(import.meta.dirname, 'handlers/slack.ts') } },
  });
  extend({ stack, receiver });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ SLACK_URL_SECRET: NAME }) },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(`:secret:${NAME}-`)])] },
        }),
      ]),
    },
  });
});
