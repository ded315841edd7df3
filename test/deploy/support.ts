import { Readable } from 'node:stream';
import type { MoreClients, Place } from '../../bin/before-deploy/place.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import type { Io } from '../../ops/cli/io.ts';
import { awsError, stubAws } from '../ops/support/aws.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const STACK = 'CyberdeskWebhooks-prod';
export const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${STACK}/1`;

export const SERVICES = ['apigateway', 'dynamodb', 'kms', 'lambda', 'secretsmanager', 'sns', 'sqs'];
export const serviceName = (service: string) =>
  `/aws/service/global-infrastructure/regions/${REGION}/services/${service}`;
export const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version';

/** An account in which everything is ready for a first deployment; `answers` says what is different. */
export const account = (answers: Record<string, unknown> = {}) =>
  stubAws({
    DescribeStacks: awsError('ValidationError', `Stack with id ${STACK} does not exist`),
    ListTables: { TableNames: [] },
    GetParameters: {
      Parameters: [
        { Name: BOOTSTRAP, Value: '28' },
        ...SERVICES.map((service) => ({ Name: serviceName(service), Value: service })),
      ],
    },
    DescribeLogGroups: { logGroups: [] },
    GetAccountSettings: {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
    },
    ...answers,
  });

export const placeIn = (
  { clients }: ReturnType<typeof stubAws>,
  settings: StageSettings = {},
  more: Partial<Place> = {},
): Place => ({
  ...{ name: 'prod', isLocal: false, since: 0, stackName: STACK, region: REGION, settings, clients },
  ...{ account: ACCOUNT, partition: 'aws', qualifier: 'hnb659fds', hasRole: true },
  target: { stage: 'prod' },
  more: {
    ssm: clients.sts,
    acm: clients.sts,
    ec2: clients.sts,
    route53: clients.sts,
  } as unknown as MoreClients,
  ...more,
});

/** Findings as `state: text`. */
export const textsOf = (findings: readonly { state: string; text: string }[]) =>
  findings.map(({ state, text }) => `${state}: ${text}`);

/** No one is at the keyboard, and nothing waits. */
export function answers({ isYes = false } = {}) {
  const said: string[] = [];
  const io: Io = {
    out: () => undefined,
    err: (text) => void said.push(text),
    input: Readable.from([]) as unknown as NodeJS.ReadStream,
    isTerminal: false,
    columns: 1000,
    style: (_format, text) => text,
    now: Date.now,
    sleep: async () => undefined,
  };
  return { io, isYes, text: () => said.join('') };
}
