import type { AwsRequest, AwsResponse, Parameters } from '../emulators/messages.ts';
import { type Caller, labelOf } from './identities.ts';

export interface PublishedMessage {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Label of the function that published it, or `operator`. */
  readonly function: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A call that took effect. */
export interface RecordedCall {
  readonly function: string;
  /** `dynamodb:PutItem` */
  readonly call: string;
  /** What it is about, without any value: the kind of item, an index, or the name of a queue, topic, secret or function. */
  readonly about: string;
}

/** Keeps a run of several days from filling the memory. */
const KEPT = 10_000;

/** Counts the calls that took effect, and keeps the messages that were published. */
export class CallLog {
  /** Number of calls by `verifier dynamodb:PutItem`. */
  readonly counts = new Map<string, number>();
  readonly published: PublishedMessage[] = [];
  /** The latest calls, in the order in which they took effect. */
  readonly latest: RecordedCall[] = [];

  record(request: AwsRequest, caller: Caller, response: AwsResponse): void {
    const label = labelOf(caller);
    const call = `${request.service}:${request.operation}`;
    const key = `${label} ${call}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.latest.push({ function: label, call, about: aboutOf(request) });
    if (this.latest.length > KEPT) this.latest.shift();
    if (call !== 'sns:Publish' || response.status >= 300) return;
    const fields = request.parameters();
    this.published.push({
      time: Date.now(),
      function: label,
      topicArn: String(fields.TopicArn ?? ''),
      subject: fields.Subject === undefined ? undefined : String(fields.Subject),
      message: String(fields.Message ?? ''),
      attributes: attributesOf(fields),
    });
    if (this.published.length > KEPT) this.published.shift();
  }
}

function aboutOf(request: AwsRequest): string {
  const { QueueUrl, TopicArn, SecretId, FunctionName, IndexName, Key, Item } = request.parameters();
  if (request.service !== 'dynamodb') {
    const name = String(QueueUrl ?? TopicArn ?? SecretId ?? FunctionName ?? '').split(/[/:]/);
    return name.at(-1) ?? '';
  }
  if (IndexName !== undefined) return String(IndexName);
  const key = (Key ?? Item) as { sk?: { S?: string } } | undefined;
  return key?.sk?.S?.split('#')[0] ?? '';
}

/** `MessageAttributes.entry.1.Name` and `….Value.StringValue` as one record. */
function attributesOf(fields: Parameters): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const entry = `MessageAttributes.entry.${index}`;
    if (fields[`${entry}.Name`] === undefined) return attributes;
    attributes[String(fields[`${entry}.Name`])] = String(fields[`${entry}.Value.StringValue`] ?? '');
  }
}
