import type { AwsRequest, AwsResponse } from '../emulators/messages.ts';
import { aboutOf } from './about.ts';
import type { Caller } from './identities.ts';

/** A message that a function published to a topic. */
export interface PublishedMessage {
  /** Epoch milliseconds. */
  readonly time: number;
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
  readonly about: string;
}

/** A run of days must not fill the memory. */
const KEPT_MESSAGES = 10_000;
const KEPT_CALLS = 10_000;

/** Counts the calls that took effect, and keeps what went to the topics. */
export class CallLog {
  /** `verifier dynamodb:PutItem` → how often. */
  readonly counts = new Map<string, number>();
  readonly published: PublishedMessage[] = [];
  /** The latest calls, in the order in which they took effect. */
  readonly latest: RecordedCall[] = [];

  record(request: AwsRequest, caller: Caller, response: AwsResponse): void {
    const by = caller.kind === 'operator' ? 'operator' : caller.fn.label;
    const call = `${request.service}:${request.operation}`;
    const key = `${by} ${call}`;
    this.latest.push({ function: by, call, about: aboutOf(request) });
    if (this.latest.length > KEPT_CALLS) this.latest.shift();
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (request.service === 'sns' && request.operation === 'Publish' && response.status < 300) {
      const fields = request.parameters() as Record<string, string>;
      this.published.push({
        time: Date.now(),
        function: by,
        topicArn: fields.TopicArn ?? '',
        subject: fields.Subject,
        message: fields.Message ?? '',
        attributes: attributesOf(fields),
      });
      if (this.published.length > KEPT_MESSAGES) this.published.shift();
    }
  }
}

/** `MessageAttributes.entry.1.Name` and `….Value.StringValue` as one record. */
function attributesOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let index = 1; fields[`MessageAttributes.entry.${index}.Name`] !== undefined; index += 1) {
    const name = fields[`MessageAttributes.entry.${index}.Name`] as string;
    attributes[name] = fields[`MessageAttributes.entry.${index}.Value.StringValue`] ?? '';
  }
  return attributes;
}
