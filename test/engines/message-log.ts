import type { Parameters } from '../../local/emulators/messages.ts';
import type { InspectedMessage } from '../../local/emulators/queues.ts';

/** A call of SQS that succeeded. */
interface Call {
  readonly operation: string;
  readonly parameters: Parameters;
  readonly result: Parameters;
}

interface Sent {
  readonly Id?: string;
  readonly MessageBody: string;
  readonly MessageAttributes?: InspectedMessage['messageAttributes'];
}
interface Answered {
  readonly Id?: string;
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

/** Which messages there are, by the calls that sent, received and deleted them. It does not see moves by SQS itself. */
export class MessageLog {
  readonly #queues = new Map<string, Map<string, InspectedMessage & { handle?: string }>>();

  record(queue: string, { operation, parameters, result }: Call): void {
    const messages = this.#queues.get(queue) ?? new Map();
    this.#queues.set(queue, messages);
    if (/^SendMessage/.test(operation)) {
      const answers = listOf<Answered>(result, 'Successful');
      for (const sent of listOf<Sent>(parameters, 'Entries')) {
        const messageId = answers.find(({ Id }) => Id === sent.Id)?.MessageId;
        if (messageId !== undefined) messages.set(messageId, messageOf(messageId, sent));
      }
    }
    if (operation === 'ReceiveMessage') {
      for (const { MessageId, ReceiptHandle } of (result.Messages ?? []) as Answered[]) {
        const message = messages.get(MessageId);
        if (message) messages.set(MessageId, { ...message, handle: ReceiptHandle });
      }
    }
    if (/^DeleteMessage/.test(operation)) {
      const handles = listOf<Answered>(parameters, 'Entries').map(({ ReceiptHandle }) => ReceiptHandle);
      for (const [id, { handle }] of messages) if (handles.includes(handle)) messages.delete(id);
    }
  }

  of(queue: string): InspectedMessage[] {
    return [...(this.#queues.get(queue)?.values() ?? [])];
  }

  /** Receipt handles of the messages that were received and not deleted. */
  handlesOf(queue: string): string[] {
    return [...(this.#queues.get(queue)?.values() ?? [])].flatMap(({ handle }) => handle ?? []);
  }
}

/** The entries of a batch; a single call is a batch of one. */
const listOf = <T>(of: Parameters, name: string): T[] => (of[name] ?? [of]) as T[];

const messageOf = (messageId: string, { MessageBody, MessageAttributes = {} }: Sent): InspectedMessage => ({
  messageId,
  body: MessageBody,
  messageAttributes: MessageAttributes,
  sentTimestamp: Date.now(),
});
