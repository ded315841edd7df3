/** Event streams were asked of a bundle that was made without them. */
export class NoEventStreamsError extends Error {
  override name = 'NoEventStreamsError';
  constructor() {
    super(
      'a call with an event stream needs a bundle with @smithy/core/event-streams (lib/functions/build-options.ts)',
    );
  }
}

/**
 * What the product's bundles have in place of `@smithy/core/event-streams`, which the SDK loads for calls with streams of
 * messages; no function makes one. That it might be loaded later makes esbuild keep half of `@smithy/core` apart.
 */
export const eventStreamSerdeProvider = (): never => {
  throw new NoEventStreamsError();
};

/** @throws NoEventStreamsError */
export class EventStreamSerde {
  constructor() {
    throw new NoEventStreamsError();
  }
}
