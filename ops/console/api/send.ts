import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { readPayload } from '../../events/detail.ts';
import { deliver } from '../../send/deliver.ts';
import { copyOf, exampleEvent, type Payload } from '../../send/example.ts';
import { findDelivered } from '../../send/follow.ts';
import type { Stage } from '../../stage/stage.ts';
import type { Route } from './call.ts';
import { checkConfirmed } from './confirm.ts';
import { parse } from './read-query.ts';

const Send = v.strictObject({
  /** Sent unchanged: a body that is not JSON is a valid test too. */
  body: v.pipe(v.string(), v.minLength(1)),
  confirm: v.optional(v.string()),
});

export function sendRoutes(stage: Stage): Record<string, Route> {
  return {
    'GET example': async () => ({ json: exampleEvent() }),
    // Holds payload, like `GET payload`; requested only by a user who wants to edit it.
    'GET copy': async ({ query }) => {
      const stored = readObject(await readPayload(stage, query.get('id') ?? ''));
      return { json: copyOf(stored, { fresh: true }) };
    },
    'POST send': async ({ body }) => {
      const { body: text, confirm } = parse(Send, await body(), 'send');
      checkConfirmed(stage, confirm);
      const delivered = await deliver(stage, text);
      const event = await findDelivered(stage, { eventId: idIn(text), svixId: delivered.svix_id });
      return { json: { ...delivered, ...(event && { event_id: event.event_id }) } };
    },
  };
}

function readObject(bytes: Uint8Array): Payload {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Payload;
  } catch {
    // Reported below without the parser's message, which quotes the body.
  }
  throw new BadArgumentError('the stored body is not a JSON object, so it cannot be edited');
}

function idIn(text: string): string | undefined {
  try {
    const { event_id: id } = JSON.parse(text) as { event_id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
