import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';
import type { Outside } from './outside.ts';

/** EventBridge's limit for all entries of a call together. */
const LARGEST = 256 * 1024;

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
}

/** `PutEvents`: entries are recorded, and no rule of any bus sees them. */
export class EventBuses implements AwsBackend {
  readonly #outside: Outside;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    if (request.operation !== 'PutEvents') {
      const message = `the local EventBridge does not support ${request.operation}`;
      return awsError('events', { code: 'UnknownOperationException', message });
    }
    const { Entries = [] } = request.parameters() as { Entries?: readonly Entry[] };
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= LARGEST) {
      const message = 'Total size of the entries in the request is over the limit.';
      return awsError('events', { code: 'ValidationException', message });
    }
    const results = Entries.map((entry) => this.#put(entry));
    const body = JSON.stringify({
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    });
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
  }

  async close(): Promise<void> {}

  #put({ EventBusName = 'default', Source, DetailType, Detail }: Entry): object {
    if (Source === undefined || DetailType === undefined || Detail === undefined)
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required.' };
    if (!isObject(Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    this.#outside.record(EventBusName, Detail, { source: Source, type: DetailType });
    return { EventId: crypto.randomUUID() };
  }
}

const sizeOf = ({ Source = '', DetailType = '', Detail = '' }: Entry): number =>
  Buffer.byteLength(Source + DetailType + Detail);

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
