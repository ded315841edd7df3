import { describe, expect, it } from 'vitest';
import { UnsupportedTemplateError } from '../../local/errors.ts';
import type { Template } from '../../local/template/cloudformation.ts';
import { readData } from '../../local/template/read-data.ts';
import { readFunctions } from '../../local/template/read-functions.ts';
import { readEventSources, readRoutes, readSchedules } from '../../local/template/read-triggers.ts';
import { StackReader } from '../../local/template/stack-reader.ts';

const place = { stackName: 'Stack-dev', account: '000000000000', region: 'us-east-1', partition: 'aws' };

/** A reader for a template with these resources. */
function reader(resources: Template['Resources']): StackReader {
  return new StackReader({ Resources: resources }, place, 'http://127.0.0.1:1');
}

const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [
      {
        PolicyName: 'inline',
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'a:B', Resource: '*' }] },
      },
    ],
  },
};
const fn = {
  Type: 'AWS::Lambda::Function',
  Metadata: { 'aws:cdk:path': 'Stack-dev/Webhooks/Verifier/Function/Resource' },
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Code: { S3Key: 'code.zip' },
    Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } },
  },
};

describe('StackReader', () => {
  it('an unknown resource type is named in the error, with its logical id', () => {
    const bucket = { Bucket: { Type: 'AWS::S3::Bucket' } };
    expect(() => reader(bucket)).toThrow(UnsupportedTemplateError);
    expect(() => reader(bucket)).toThrow(/AWS::S3::Bucket \(Bucket\)/);
  });

  it("an unknown resource type of the customer's is left out and named, and others may refer to it", () => {
    const path = (name: string) => ({ 'aws:cdk:path': `Stack-dev/${name}/Resource` });
    const read = reader({
      Bucket: { Type: 'AWS::S3::Bucket', Metadata: path('Reports') },
      Product: { Type: 'AWS::SQS::Queue', Metadata: path('Webhooks/Queue') },
      Own: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Metadata: path('Own'),
        Properties: { EventSourceArn: 'a' },
      },
    });

    expect(readEventSources(read, [])).toEqual([]);
    expect(read.leftOut.features).toEqual([
      'the resource type AWS::S3::Bucket (Bucket)',
      'the event source a (Own)',
    ]);
    expect(read.ref('Bucket')).toMatch(/^Stack-dev-Bucket-/);
    expect(read.getAtt('Bucket', 'Arn')).toBe(`arn:aws:s3:us-east-1:000000000000:${read.ref('Bucket')}`);
    expect(() => read.getAtt('Product', 'Colour')).toThrow(/the attribute Colour of AWS::SQS::Queue/);
  });

  it.each(['AWS::S3::Bucket', 'Custom::Thing'])(
    'an unknown resource type %s of the product ends the run',
    (Type) => {
      const metadata = { 'aws:cdk:path': 'Stack-dev/Webhooks/Thing' };

      expect(() => reader({ Thing: { Type, Metadata: metadata } })).toThrow(UnsupportedTemplateError);
    },
  );

  it("an HTTP API of the customer's is left out, as one port stands for one API", () => {
    const read = reader({
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Metadata: { 'aws:cdk:path': 'Stack-dev/Own/Route' },
        Properties: { RouteKey: '$default', Target: 'integrations/x' },
      },
    });

    expect(readRoutes(read)).toEqual([]);
    expect(read.leftOut.features).toEqual(["an HTTP API beside the webhooks' (Route)"]);
  });

  it('queue attributes are text, and the redrive policy has the ARN of the dead-letter queue', () => {
    const { queues } = readData(
      reader({
        Dlq: { Type: 'AWS::SQS::Queue' },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 270,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dlq', 'Arn'] }, maxReceiveCount: 1000 },
          },
        },
      }),
    );
    const [dlq, queue] = queues;
    expect(queue?.attributes.VisibilityTimeout).toBe('270');
    expect(JSON.parse(queue?.attributes.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: dlq?.arn,
      maxReceiveCount: 1000,
    });
    expect(queue?.url).toMatch(/^http:\/\/127\.0\.0\.1:1\/000000000000\/Stack-dev-Queue-/);
    expect(dlq?.visibilityTimeoutSeconds).toBe(30);
  });

  it('generated names are stable, and within the length limit of their type', () => {
    const id = `Queue${'x'.repeat(100)}`;
    const names = [1, 2].map(() => reader({ [id]: { Type: 'AWS::SQS::Queue' } }).getAtt(id, 'QueueName'));
    expect(names[0]).toBe(names[1]);
    expect(names[0]).toHaveLength(80);
  });

  it('functions are read with role, code and resolved environment', () => {
    const read = reader({ Role: role, Function: fn, Queue: { Type: 'AWS::SQS::Queue' } });
    const [found] = readFunctions(read, (key) => `/assets/${key}`);
    expect(found).toMatchObject({
      label: 'verifier',
      codeDirectory: '/assets/code.zip',
      timeoutSeconds: 3,
      memoryMb: 128,
      environment: { QUEUE_URL: read.ref('Queue') },
    });
    expect(found?.role.policies[0]?.document.Statement[0]?.Action).toBe('a:B');
  });

  it('a managed policy of AWS is rejected, because its statements are not known', () => {
    const managed = { ...role, Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Some'] } };
    const read = reader({ Role: managed, Function: fn, Queue: { Type: 'AWS::SQS::Queue' } });
    expect(() => readFunctions(read, String)).toThrow(/managed policy arn:aws:iam::aws:policy\/Some/);
  });

  it('a route is read with the function behind its alias and its limits', () => {
    const read = reader({
      Role: role,
      Function: fn,
      Queue: { Type: 'AWS::SQS::Queue' },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Function' }, Name: 'live' } },
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'Api' },
          IntegrationUri: { Ref: 'Live' },
          PayloadFormatVersion: '2.0',
          TimeoutInMillis: 29000,
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey: 'POST /webhooks/cyberdesk',
          Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
        },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          ApiId: { Ref: 'Api' },
          StageName: '$default',
          DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 50 },
        },
      },
    });
    expect(readRoutes(read)).toMatchObject([
      {
        key: 'POST /webhooks/cyberdesk',
        functionArn: read.getAtt('Function', 'Arn'),
        timeoutMs: 29000,
        throttle: { rate: 100, burst: 50 },
      },
    ]);
  });

  it('event sources and schedules are read', () => {
    const read = reader({
      Role: role,
      Function: fn,
      Queue: { Type: 'AWS::SQS::Queue' },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { Ref: 'Function' },
          BatchSize: 5,
          ScalingConfig: { MaximumConcurrency: 2 },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(15 minutes)',
          Targets: [{ Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
        },
      },
    });
    expect(readEventSources(read, readFunctions(read, String))).toMatchObject([
      { batchSize: 5, maxConcurrency: 2, reportsItemFailures: true, enabled: true },
    ]);
    expect(readSchedules(read, readFunctions(read, String))).toMatchObject([
      { everySeconds: 900, functionArn: read.getAtt('Function', 'Arn') },
    ]);
  });

  it('an unsupported schedule is named in the error', () => {
    const rule = {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'cron(0 12 * * ? *)', Targets: [{ Arn: 'x' }] },
    };
    expect(() => readSchedules(reader({ Rule: rule }), [])).toThrow(/cron\(0 12 \* \* \? \*\) \(Rule\)/);
  });
});
