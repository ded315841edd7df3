import type { Clients } from '../../../ops/stage/clients.ts';

type Answer = unknown | ((input: Record<string, unknown>) => unknown);

/** A stub for services that the local run does not have. Answers by command: a value, a function of the input, or an Error to throw. */
export function stubAws(answers: Record<string, Answer>) {
  const calls: { name: string; input: Record<string, unknown> }[] = [];
  const client = {
    async send({
      constructor: { name },
      input,
    }: {
      constructor: { name: string };
      input: Record<string, unknown>;
    }) {
      const operation = name.replace(/Command$/, '');
      calls.push({ name: operation, input });
      if (!(operation in answers)) throw new Error(`the stub knows no ${operation}`);
      const answer = answers[operation];
      const value = typeof answer === 'function' ? answer(input) : answer;
      if (value instanceof Error) throw value;
      return value;
    },
  };
  const names = [
    'dynamoDb',
    'sqs',
    'sns',
    'secrets',
    'cloudFormation',
    'cloudWatch',
    'logs',
    'sts',
    'lambda',
    'kms',
  ];
  const clients = Object.fromEntries(names.map((name) => [name, client])) as unknown as Clients;
  return { clients, calls, called: (name: string) => calls.filter((call) => call.name === name) };
}

export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** Outputs as CloudFormation returns them. */
export const stackOutputs = (outputs: Record<string, string> = {}) =>
  Object.entries({
    WebhookUrl: 'http://127.0.0.1:9/webhooks/cyberdesk',
    SigningSecretName: 'signing',
    ApiKeySecretName: 'api-key',
    TableName: 'events',
    QueueUrl: 'https://sqs/queue',
    DlqUrl: 'https://sqs/dlq',
    AlarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
    Installation: '123456789012/eu-west-1/CyberdeskWebhooks-dev',
    ...outputs,
  }).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
