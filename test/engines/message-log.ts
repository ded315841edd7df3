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

/** What is known of a message: it may be received, and even deleted, before its sender has the answer. */
interface Known {
  sent?: InspectedMessage;
  handle?: string;
  isDeleted?: boolean;
}

/** Which messages there are, by the calls that sent, received and deleted them. It does not see moves by SQS itself. */
export class MessageLog {
  readonly #queues = new Map<string, Map<string, Known>>();

  record(queue: string, { operation, parameters, result }: Call): void {
    const messages = this.#queues.get(queue) ?? new Map<string, Known>();
    this.#queues.set(queue, messages);
    const note = (id: string, more: Known) => messages.set(id, { ...messages.get(id), ...more });
    if (/^SendMessage/.test(operation)) {
      const answers = listOf<Answered>(result, 'Successful');
      for (const sent of listOf<Sent>(parameters, 'Entries')) {
        const id = answers.find(({ Id }) => Id === sent.Id)?.MessageId;
        if (id !== undefined) note(id, { sent: messageOf(id, sent) });
      }
    }
    if (operation === 'ReceiveMessage') {
      const received = (result.Messages ?? []) as Answered[];
      for (const { MessageId, ReceiptHandle } of received) note(MessageId, { handle: ReceiptHandle });
    }
    if (/^DeleteMessage/.test(operation)) {
      const handles = listOf<Answered>(parameters, 'Entries').map(({ ReceiptHandle }) => ReceiptHandle);
      for (const [id, { handle }] of messages) {
        if (handle !== undefined && handles.includes(handle)) note(id, { isDeleted: true });
      }
    }
  }

  of(queue: string): InspectedMessage[] {
    return this.#present(queue).flatMap(({ sent }) => sent ?? []);
  }

  /** Receipt handles of the messages that were received and not deleted. */
  handlesOf(queue: string): string[] {
    return this.#present(queue).flatMap(({ handle }) => handle ?? []);
  }

  #present(queue: string): Known[] {
    return [...(this.#queues.get(queue)?.values() ?? [])].filter(({ isDeleted }) => !isDeleted);
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
