import { MissingOutputError } from '../errors.ts';
import type { StageOutputs } from './stage.ts';

/** @throws MissingOutputError if the stack is of another release, or of another project */
export function readOutputs(stackName: string, values: Record<string, string | undefined>): StageOutputs {
  const need = (key: string): string => {
    const value = values[key];
    if (value === undefined || value === '') {
      throw new MissingOutputError(`stack ${stackName} has no output "${key}"`, {
        next: 'deploy it again with this release, or name another stack with --name',
      });
    }
    return value;
  };
  const optional = (key: string, value = values[key]) => (value ? value : undefined);
  const [notify, publish, alarms] = ['NotifyTopicArn', 'PublishTopicArn', 'AlarmTopicArn'].map((key) =>
    optional(key),
  );
  return {
    webhookUrl: need('WebhookUrl'),
    signingSecret: need('SigningSecretName'),
    apiKeySecret: need('ApiKeySecretName'),
    tableName: need('TableName'),
    queueUrl: need('QueueUrl'),
    deadLetterQueueUrl: need('DlqUrl'),
    installation: need('Installation'),
    ...(notify && { notifyTopicArn: notify }),
    ...(publish && { publishTopicArn: publish }),
    ...(alarms && { alarmTopicArn: alarms }),
    cyberdeskApiUrl: (optional('CyberdeskApiUrl') ?? 'https://api.cyberdesk.io').replace(/\/+$/, ''),
    eventRetentionDays: days(values.EventRetentionDays, 90),
    completionRetentionDays: days(values.CompletionRetentionDays, 180),
  };
}

const days = (text: string | undefined, otherwise: number): number => {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : otherwise;
};
