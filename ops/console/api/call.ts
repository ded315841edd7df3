/** A call for data, read as far as every route needs it. */
export interface Call {
  query: URLSearchParams;
  /** The JSON body. @throws BadArgumentError when it is none */
  body(): Promise<unknown>;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

export type Answer =
  /** Asked for once. */
  | { json: unknown }
  /** Asked for again and again: 304 while it is the same. */
  | { tagged: unknown }
  /** Comes bit by bit. */
  | { lines: AsyncIterable<unknown> }
  /** Shown as it is, as text. */
  | { bytes: Uint8Array };

export type Route = (call: Call) => Promise<Answer>;
