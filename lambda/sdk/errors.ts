/**
 * The requests of the client cannot be given a key, so nothing was written. The message says what to change.
 */
export class KeysNotSentError extends Error {
  override readonly name = 'KeysNotSentError';
}

/**
 * Two different writes to one path share a name, and so their key: Cyberdesk would answer the second one with the result
 * of the first. It was not sent.
 */
export class KeyedTwiceError extends Error {
  override readonly name = 'KeyedTwiceError';
}
