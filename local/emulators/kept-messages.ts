import type { Kept } from '../state/kept.ts';
import { KeptMap } from '../state/kept-map.ts';
import type { AwsRequest, Parameters } from './messages.ts';

interface Entry extends Parameters {
  readonly Id?: string;
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
}

/** The parts of SQS's calls and responses that say which messages there are. */
interface Fields extends Entry {
  readonly QueueUrl?: string;
  readonly Entries?: readonly Entry[];
  readonly Successful?: readonly Entry[];
  readonly Messages?: readonly Entry[];
}

/**
 * The messages that were sent and not deleted. SQS itself may move a message after too many receives; it returns to the
 * queue that it was sent to.
 */
export class KeptMessages {
  /** The parameters of SendMessage, by message id. */
  readonly #sent: KeptMap<Parameters>;
  /** Message ids by receipt handle. */
  readonly #received = new Map<string, string>();

  constructor(kept: Kept) {
    this.#sent = new KeptMap(kept, 'message');
  }

  /** Notes a call that took effect, before anyone else knows of it. */
  note({ operation, parameters }: AwsRequest, payload: Buffer): void {
    const call: Fields = parameters();
    const answer = (): Fields => JSON.parse(payload.toString());
    const { QueueUrl, Entries = [] } = call;
    const entryOf = (id: string | undefined) => Entries.find((entry) => entry.Id === id);
    if (operation === 'SendMessage') this.#keep(answer().MessageId, call);
    if (operation === 'SendMessageBatch')
      for (const { Id, MessageId } of answer().Successful ?? []) {
        const { Id: _id, ...message } = entryOf(Id) ?? {};
        this.#keep(MessageId, { ...message, QueueUrl });
      }
    if (operation === 'ReceiveMessage')
      for (const { MessageId = '', ReceiptHandle = '' } of answer().Messages ?? [])
        this.#received.set(ReceiptHandle, MessageId);
    if (operation === 'DeleteMessage') this.#forget(call.ReceiptHandle);
    if (operation === 'DeleteMessageBatch')
      for (const { Id } of answer().Successful ?? []) this.#forget(entryOf(Id)?.ReceiptHandle);
    if (operation === 'PurgeQueue')
      for (const [id, message] of this.#sent) if (nameOf(message) === nameOf(call)) this.#sent.delete(id);
  }

  /** Sends again what an earlier process has kept. What is sent twice because this one ends here has one effect. */
  async restore(send: (message: Parameters) => Promise<unknown>): Promise<void> {
    for (const [id, message] of [...this.#sent]) {
      await send(message);
      this.#sent.delete(id);
    }
  }

  #keep(id: string | undefined, message: Parameters): void {
    if (id !== undefined) this.#sent.set(id, message);
  }

  #forget(handle: string | undefined): void {
    if (handle === undefined) return;
    this.#sent.delete(this.#received.get(handle) ?? '');
    this.#received.delete(handle);
  }
}

/** The port in the URL is that of the process. */
const nameOf = ({ QueueUrl }: Parameters): string | undefined => String(QueueUrl).split('/').at(-1);
