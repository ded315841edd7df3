import { expect, it } from 'vitest';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { elsewhere } from '../../local/command/elsewhere.ts';

const arn = (service: string, region: string) => `arn:aws:${service}:${region}:123456789012:`;
const stackWith = (destinations: Record<string, string>, secrets: string[] = []) => ({
  region: 'us-east-1',
  functions: [
    { environment: {} },
    {
      environment: {
        ...processorEnvironment.destinations.write(destinations),
        ...processorEnvironment.sensitiveSecretArns.write(secrets),
      },
    },
  ],
});

it('the local run names what a stage without a region has in another one', () => {
  const stack = stackWith(
    { keep: `${arn('lambda', 'us-east-1')}function:keep`, team: `${arn('sqs', 'eu-west-1')}team` },
    [`${arn('secretsmanager', 'eu-west-1')}secret:portal-AbCdEf`],
  );

  expect(elsewhere(stack)).toEqual([
    expect.stringMatching(
      /^stages\.ts: destinations\.team is in eu-west-1, and the stage names no region: deploy it to eu-west-1; /,
    ),
    expect.stringMatching(/^stages\.ts: sensitiveSecretArns\.0 is in eu-west-1/),
  ]);
});

it('the local run says nothing of what is in its own region, nor without any', () => {
  expect(elsewhere(stackWith({ team: `${arn('sqs', 'us-east-1')}team` }))).toEqual([]);
  expect(elsewhere(stackWith({}))).toEqual([]);
});
