import type { AwsRequest } from '../emulators/messages.ts';

/** What a call is about, without any value: the kind of an item, an index, or the name of a queue, topic or secret. */
export function aboutOf(request: AwsRequest): string {
  const parameters = request.parameters() as Record<string, unknown>;
  const last = (name: string) =>
    String(parameters[name] ?? '')
      .split(/[/:]/)
      .at(-1) ?? '';
  if (request.service === 'sqs') return last('QueueUrl');
  if (request.service === 'sns') return last('TopicArn');
  if (request.service === 'secretsmanager') return last('SecretId');
  if (parameters.IndexName !== undefined) return String(parameters.IndexName);
  const key = (parameters.Key ?? parameters.Item) as { sk?: { S?: string } } | undefined;
  return key?.sk?.S?.split('#')[0] ?? '';
}
