import * as v from 'valibot';
import type { DeadLetter } from '../../dlq/dead-letter.ts';
import { countHidden } from '../../dlq/hidden.ts';
import { listDeadLetters } from '../../dlq/list.ts';
import { redriveDeadLetters } from '../../dlq/redrive.ts';
import { explainReason } from '../../events/reasons.ts';
import type { Stage } from '../../stage/stage.ts';
import type { Route } from './call.ts';
import { checkConfirmed } from './confirm.ts';
import { describeFailure } from './failures.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { parse } from './read-query.ts';
import { stream } from './stream.ts';

const Redrive = v.strictObject({
  /** An event id or a message id; absent, all. */
  id: v.optional(v.pipe(v.string(), v.minLength(1))),
  confirm: v.optional(v.string()),
});

const shown = (letter: DeadLetter) => ({ ...letter, explained: explainReason(letter.reason) });

export function deadLetterRoutes(stage: Stage): Record<string, Route> {
  // To look at a message is to hide it from others for a moment: a look beside a redrive would find nothing.
  const alone = oneAtATime();
  return {
    'GET dlq': async () => {
      const { messages, more, hidden } = await alone(async () => ({
        ...(await listDeadLetters(stage)),
        hidden: await countHidden(stage),
      }));
      return { json: { letters: messages.map(shown), more, hidden } };
    },
    'POST redrive': async ({ body, signal }) => {
      const { id, confirm } = parse(Redrive, await body(), 'redrive');
      checkConfirmed(stage, confirm);
      const lines = stream<unknown>(async (push) => {
        const filter = { id };
        const onMoved = ({ event_id }: DeadLetter, moved: number) => push({ moved, event_id });
        try {
          const done = await alone(() => redriveDeadLetters(stage, { filter, signal, onMoved }));
          const count = ({ redriven, settled, stuck }: typeof done) => ({
            redriven: redriven.length,
            settled: settled.length,
            stuck: stuck.length,
          });
          push({ done: count(done) });
        } catch (error) {
          const { error: name, message } = describeFailure(error);
          push({ failed: { error: name, message } });
        }
      });
      return { lines };
    },
  };
}
