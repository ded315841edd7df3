import { describe, expect, it } from 'vitest';
import { destinations } from '../../lambda/environment/destinations.ts';
import {
  EnvironmentError,
  type Field,
  flag,
  list,
  number,
  optionalList,
  readEnvironment,
  text,
  writeEnvironment,
} from '../../lambda/environment/fields.ts';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { verifierEnvironment } from '../../lambda/environment/verifier.ts';
import { keepsItsName, workflowIds } from '../../lambda/environment/workflow-ids.ts';

describe('the environment of a function', () => {
  const lease = { lease: number('LEASE_SECONDS', 1000), owners: list('OWNERS') };

  it('milliseconds are written in the unit of their variable and read back', () => {
    const variables = writeEnvironment(lease, { lease: 60_000, owners: ['a', 'b'] });

    expect(variables).toEqual({ LEASE_SECONDS: '60', OWNERS: 'a,b' });
    expect(readEnvironment(lease, variables)).toEqual({ lease: 60_000, owners: ['a', 'b'] });
  });

  const common = {
    stackName: 'CyberdeskWebhooks-dev',
    stage: 'dev',
    eventRetention: 90 * 86_400_000,
    completionRetention: 180 * 86_400_000,
    tableName: 'table',
    queueUrl: 'https://sqs/queue',
  };
  const commonVariables = {
    STACK_NAME: 'CyberdeskWebhooks-dev',
    STAGE: 'dev',
    EVENT_RETENTION_DAYS: '90',
    COMPLETION_RETENTION_DAYS: '180',
    TABLE_NAME: 'table',
    QUEUE_URL: 'https://sqs/queue',
  };

  it('every variable of the processor has its name, and is read back as it was written', () => {
    const values = {
      ...common,
      deadLetterQueueUrl: 'https://sqs/dlq',
      apiKeySecretArn: 'arn:key',
      bodyRetention: 30 * 86_400_000,
      apiUrl: 'https://api.cyberdesk.io',
      notifyTopicArn: 'arn:notify',
      publishTopicArn: 'arn:publish',
      maxFollowUpDepth: 5,
      functionTimeout: 45_000,
      lease: 60_000,
      idempotencyKeyLifetime: 70_000,
      repeatUnanswered: false,
      installation: 'account/region/stack',
      sensitiveSecretArns: ['arn:one', 'arn:two'],
      workflowIds: { next: 'a', intakeForm: 'b' },
      destinations: { persist: 'arn:aws:lambda:eu-central-1:123456789012:function:persist' },
      handlers: ['persist'],
    };
    const variables = writeEnvironment(processorEnvironment, values);

    expect(variables).toEqual({
      ...commonVariables,
      BODY_RETENTION_DAYS: '30',
      DLQ_URL: 'https://sqs/dlq',
      API_KEY_SECRET_ARN: 'arn:key',
      CYBERDESK_API_URL: 'https://api.cyberdesk.io',
      NOTIFY_TOPIC_ARN: 'arn:notify',
      PUBLISH_TOPIC_ARN: 'arn:publish',
      MAX_FOLLOW_UP_DEPTH: '5',
      FUNCTION_TIMEOUT_SECONDS: '45',
      LEASE_SECONDS: '60',
      IDEMPOTENCY_KEY_SECONDS: '70',
      REPEAT_UNANSWERED: 'false',
      INSTALLATION: 'account/region/stack',
      SENSITIVE_SECRET_ARNS: 'arn:one,arn:two',
      NEXT_WORKFLOW_ID: 'a',
      INTAKE_FORM_WORKFLOW_ID: 'b',
      DESTINATIONS: 'persist=arn:aws:lambda:eu-central-1:123456789012:function:persist',
      HANDLERS: 'persist',
    });
    expect(readEnvironment(processorEnvironment, variables)).toEqual(values);
  });

  it('every variable of the verifier has its name, and is read back as it was written', () => {
    const values = {
      ...common,
      signingSecretArn: 'arn:signing',
      previousSecretGracePeriod: 7 * 86_400_000,
      secretCache: 300_000,
      bodyRetention: 30 * 86_400_000,
      sourceIpAllowList: ['10.0.0.0/8'],
      origin: { secretArn: 'arn:origin', isRequired: true },
    };
    const variables = writeEnvironment(verifierEnvironment, values);

    expect(variables).toEqual({
      ...commonVariables,
      SIGNING_SECRET_ARN: 'arn:signing',
      PREVIOUS_SECRET_GRACE_DAYS: '7',
      SECRET_CACHE_SECONDS: '300',
      BODY_RETENTION_DAYS: '30',
      SOURCE_IP_ALLOW_LIST: '10.0.0.0/8',
      ORIGIN_SECRET_ARN: 'arn:origin',
      ORIGIN_HEADER: 'required',
    });
    expect(readEnvironment(verifierEnvironment, variables)).toEqual(values);
  });

  it('the environment leaves out DESTINATIONS without destinations, and entries without an ARN', () => {
    expect(destinations.write({})).toEqual({});
    expect(destinations.read({})).toEqual({});
    expect(destinations.read({ DESTINATIONS: 'known-after-deployment' })).toEqual({});
  });

  it.each([true, false])('a switch that is %s is read back as it was written', (value) => {
    expect(flag('REPEAT').read(flag('REPEAT').write(value))).toBe(value);
  });
});

describe('errors', () => {
  const cases: [string, Field<unknown>, NodeJS.ProcessEnv, string][] = [
    ['when it is missing', text('TABLE'), {}, 'TABLE is not set; deploy the stack again'],
    ['when it is empty', text('TABLE'), { TABLE: '' }, 'TABLE is not set; deploy the stack again'],
    [
      'when it is not a number',
      number('SECONDS'),
      { SECONDS: 'soon' },
      'SECONDS is not a number; deploy the stack again',
    ],
  ];

  it.each([['yes'], ['TRUE'], ['0']])('a switch that says %s is neither true nor false', (value) => {
    const message = 'REPEAT is neither true nor false; deploy the stack again';
    expect(() => flag('REPEAT').read({ REPEAT: value })).toThrow(new EnvironmentError(message));
  });

  it.each(cases)('reading a variable fails with its name %s', (_, field, environment, message) => {
    expect(() => field.read(environment)).toThrow(new EnvironmentError(message));
  });
});

describe('list', () => {
  it('a list in the environment ignores blanks and empty entries', () => {
    expect(list('LIST').read({ LIST: ' a, b ,,' })).toEqual(['a', 'b']);
  });

  it('a list in the environment is empty when its variable is missing or empty', () => {
    expect(list('LIST').read({})).toEqual([]);
    expect(list('LIST').read({ LIST: '' })).toEqual([]);
  });

  it('a list in the environment has an empty variable while it is empty, and none where it is optional', () => {
    expect(writeEnvironment({ list: list('LIST') }, { list: [] })).toEqual({ LIST: '' });
    expect(writeEnvironment({ list: optionalList('LIST') }, { list: [] })).toEqual({});
  });
});

describe('workflow ids', () => {
  it('workflow ids in the environment are read under the names of the stage setting', () => {
    const ids = workflowIds.read({
      NEXT_WORKFLOW_ID: 'a',
      MONTH_END_2_WORKFLOW_ID: 'b',
      WORKFLOW_ID: 'c',
      PATH: 'd',
    });

    expect(ids).toEqual({ next: 'a', monthEnd2: 'b' });
  });

  it('workflow ids in the environment are left out where a variable is empty', () => {
    expect(workflowIds.read({ NEXT_WORKFLOW_ID: '' })).toEqual({});
  });

  it('workflow ids in the environment keep a name in camelCase and no other', () => {
    expect(['next', 'intakeForm', 'monthEnd2'].filter(keepsItsName)).toEqual([
      'next',
      'intakeForm',
      'monthEnd2',
    ]);
    expect(['Next', 'next-one', 'next_one', 'nextURL', ''].filter(keepsItsName)).toEqual([]);
  });
});
