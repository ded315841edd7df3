import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { readPayload } from '../../events/detail.ts';
import { parseObject } from '../../json.ts';
import { deliver, findDelivered } from '../../send/deliver.ts';
import { copyOf, exampleEvent } from '../../send/example.ts';
import type { Stage } from '../../stage/stage.ts';
import { json } from '../answer.ts';
import type { Route } from './call.ts';
import { changing } from './changing.ts';

const Send = v.strictObject({
  /** Sent unchanged: a body that is not JSON is a valid test too. */
  body: v.pipe(v.string(), v.minLength(1)),
  confirm: v.optional(v.string()),
});

export function sendRoutes(stage: Stage): Record<string, Route> {
  return {
    'GET example': async () => json(exampleEvent()),
    // Holds payload, like `GET payload`; requested only by a user who wants to edit it.
    'GET copy': async ({ query }) => {
      const stored = parseObject(await readPayload(stage, query.get('id') ?? ''));
      if (!stored) throw new BadArgumentError('the stored body is not a JSON object, so it cannot be edited');
      return json(copyOf(stored, { fresh: true }));
    },
    'POST send': changing(stage, 'send', Send, async ({ body: text }) => {
      const delivered = await deliver(stage, text);
      const event = await findDelivered(stage, text, delivered.svix_id);
      return json({ ...delivered, ...(event && { event_id: event.event_id }) });
    }),
  };
}
