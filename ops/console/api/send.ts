import * as v from 'valibot';
import { BadArgumentError } from '../../errors.ts';
import { parseObject } from '../../json.ts';
import { deliver, findDelivered, idOfDelivery, testMessageId } from '../../send/deliver.ts';
import { copyOf, exampleEvent } from '../../send/example.ts';
import { resultOf } from '../../send/post.ts';
import type { Stage } from '../../stage/stage.ts';
import { json } from '../answer.ts';
import { Because, checkConfirmed, onRecord, parse, payloadOf, type Route } from './call.ts';

const Send = v.strictObject({
  /** Sent unchanged: a body that is not JSON is a valid test too. */
  body: v.pipe(v.string(), v.minLength(1)),
  because: Because,
  confirm: v.optional(v.string()),
});

export function sendRoutes(stage: Stage): Record<string, Route> {
  return {
    'GET example': async () => json(exampleEvent()),
    // Holds payload, like `GET payload`; requested only by a user who wants to edit it.
    'GET copy': async ({ query }) => {
      const stored = parseObject(await payloadOf(stage, query.get('id') ?? ''));
      if (!stored) throw new BadArgumentError('the stored body is not a JSON object, so it cannot be edited');
      return json(copyOf(stored, { fresh: true }));
    },
    'POST send': async ({ body }) => {
      const { body: text, because, confirm } = parse(Send, await body(), 'send');
      checkConfirmed(stage, confirm);
      const svixId = testMessageId();
      const target = `test event ${idOfDelivery(text, svixId)}`;
      const act = { verb: 'send', target, because, result: resultOf };
      const delivered = await onRecord(stage, act, (audited) => deliver(audited, text, svixId));
      const event = await findDelivered(stage, text, delivered.svix_id);
      return json({ ...delivered, ...(event && { event_id: event.event_id }) });
    },
  };
}
