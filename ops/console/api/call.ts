/** A call for data. */
export interface Call {
  query: URLSearchParams;
  /** The JSON body. @throws BadArgumentError when it is not JSON */
  body(): Promise<unknown>;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

export type Answer =
  /** JSON that is requested once. */
  | { json: unknown }
  /** JSON that is polled: 304 while it is unchanged. */
  | { tagged: unknown }
  /** Lines of JSON, each sent as soon as it is pushed. */
  | { lines: (push: (line: unknown) => void) => Promise<void> }
  /** Bytes, shown unchanged as text. */
  | { bytes: Uint8Array };

export type Route = (call: Call) => Promise<Answer>;
