import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { parseObject } from '../../json.ts';
import { deliver, findDelivered, idOfDelivery, testMessageId } from '../../send/deliver.ts';
import { copyOf, exampleEvent } from '../../send/example.ts';
import { resultOf } from '../../send/post.ts';
import { readAfter } from '../../stage/read-after.ts';
import type { Stage } from '../../stage/stage.ts';
import { json } from '../answer.ts';
import { payloadOf, type Route } from './call.ts';
import { changing, ofChange } from './changing.ts';

const Send = v.strictObject({
  /** Sent unchanged: a body that is not JSON is a valid test too. */
  body: v.pipe(v.string(), v.minLength(1)),
  ...ofChange,
});

export function sendRoutes(stage: Stage): Record<string, Route> {
  return {
    'GET example': async () => json(exampleEvent()),
    // Holds payload, like `GET payload`; requested only by a user who wants to edit it.
    'GET copy': async ({ query }) => {
      const stored = parseObject(await payloadOf(stage, query));
      if (!stored) throw new BadArgumentError('the stored body is not a JSON object, so it cannot be edited');
      return json(copyOf(stored, { fresh: true }));
    },
    'POST send': changing(stage, 'send', Send, async ({ body: text }, { onRecord }) => {
      const svixId = testMessageId();
      const target = `test event ${idOfDelivery(text, svixId)}`;
      const delivered = await onRecord(target, (audited) => deliver(audited, text, svixId), resultOf);
      // Whoever is shown a failure sends the event again.
      const { value: event } = await readAfter(() => findDelivered(stage, text, delivered.svix_id));
      return json({ ...delivered, ...(event && { event_id: event.event_id }) });
    }),
  };
}
