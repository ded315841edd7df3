import * as v from 'valibot';
import type { DeadLetter } from '../../dlq/dead-letter.ts';
import { countHidden, listDeadLetters } from '../../dlq/receive.ts';
import { redriveDeadLetters } from '../../dlq/redrive.ts';
import { adviceFor, reasonInWords } from '../../events/reasons.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, jsonLines } from '../answer.ts';
import { checkConfirmed, parse, type Route } from './call.ts';
import { describeFailure } from './failures.ts';

const Redrive = v.strictObject({
  /** An event id or a message id; all dead letters where absent. */
  id: v.optional(v.pipe(v.string(), v.minLength(1))),
  confirm: v.optional(v.string()),
});

/** One line of a redrive in progress; the last one says how it ended. */
export type RedriveLine =
  | { kind: 'moved'; moved: number; event_id?: string | undefined }
  | { kind: 'done'; redriven: number; settled: number; stuck: number }
  | { kind: 'failed'; error: string; message: string };

const shown = (stage: Stage, message: DeadLetter) => {
  const words = reasonInWords(message.reason);
  return { ...message, explanation: words && adviceFor(stage, words) };
};

export function deadLetterRoutes(stage: Stage): Record<string, Route> {
  // Listing messages hides them for a moment, so a list that runs during a redrive would find nothing.
  const alone = oneAtATime();
  return {
    'GET dlq': async () => {
      const { messages, more, hidden } = await alone(async () => ({
        ...(await listDeadLetters(stage)),
        hidden: await countHidden(stage),
      }));
      return json({ messages: messages.map((message) => shown(stage, message)), more, hidden });
    },
    'POST redrive': async ({ body, signal }) => {
      const { id, confirm } = parse(Redrive, await body(), 'redrive');
      checkConfirmed(stage, confirm);
      return jsonLines<RedriveLine>(async (push) => {
        const onMoved = ({ event_id }: DeadLetter, moved: number) => push({ kind: 'moved', moved, event_id });
        try {
          const { redriven, settled, stuck } = await alone(() =>
            redriveDeadLetters(stage, { filter: { id }, signal, onMoved }),
          );
          push({ kind: 'done', redriven: redriven.length, settled: settled.length, stuck: stuck.length });
        } catch (error) {
          const { error: name, message } = describeFailure(error);
          push({ kind: 'failed', error: name, message });
        }
      });
    },
  };
}

/** Runs pieces of work one at a time, in order; one that fails does not hold up the rest. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
