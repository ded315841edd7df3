import * as v from 'valibot';
import type { DeadLetter } from '../../dlq/dead-letter.ts';
import { countHidden, listDeadLetters } from '../../dlq/receive.ts';
import { redriveDeadLetters, resultOf } from '../../dlq/redrive.ts';
import { adviceFor, reasonInWords } from '../../events/reasons.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, jsonLines } from '../answer.ts';
import type { Listing } from '../list/listing.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Route } from './call.ts';
import { changing, ofChange } from './changing.ts';
import { type FailedLine, failedLine } from './failures.ts';

const Redrive = v.strictObject({
  /** An event id or a message id; all dead letters where absent. */
  id: v.optional(v.pipe(v.string(), v.minLength(1))),
  ...ofChange,
});

/** One line of a redrive in progress; the last one says how it ended. */
export type RedriveLine =
  | { kind: 'moved'; moved: number; event_id?: string | undefined }
  | { kind: 'done'; redriven: number; settled: number; stuck: number; undecided: number }
  | FailedLine;

/** A message with what happened to its event. */
export interface DeadLetterView extends DeadLetter {
  explanation: string | undefined;
  outcome?: string | undefined;
  workflow_name?: string | undefined;
}

async function shown(stage: Stage, listing: Listing, messages: DeadLetter[]): Promise<DeadLetterView[]> {
  const rows = await listing.rows([...new Set(messages.flatMap(({ event_id }) => event_id ?? []))]);
  return messages.map((message) => {
    const words = reasonInWords(message.reason);
    const row = rows.get(message.event_id ?? '');
    return {
      ...message,
      explanation: words && adviceFor(stage, words),
      outcome: row?.outcome.text,
      workflow_name: row?.workflow_name,
    };
  });
}

export function deadLetterRoutes(stage: Stage, listing: Listing): Record<string, Route> {
  // Listing messages hides them for a moment, so a list that runs during a redrive would find nothing.
  const alone = oneAtATime();
  return {
    'GET dlq': async () => {
      const { messages, more, hidden } = await alone(async () => ({
        ...(await listDeadLetters(stage)),
        hidden: (await countHidden(stage)).value ?? 0,
      }));
      return json({ messages: await shown(stage, listing, messages), more, hidden });
    },
    'POST redrive': changing(stage, 'dlq redrive', Redrive, async ({ id }, { signal, onRecord }) =>
      jsonLines<RedriveLine>(async (push) => {
        const onMoved = ({ event_id }: DeadLetter, moved: number) => push({ kind: 'moved', moved, event_id });
        try {
          const { redriven, settled, stuck, undecided } = await onRecord(
            id ?? 'all dead letters',
            (audited) => alone(() => redriveDeadLetters(audited, { filter: { id }, signal, onMoved })),
            resultOf,
          );
          const counts = { redriven: redriven.length, settled: settled.length, stuck: stuck.length };
          push({ kind: 'done', ...counts, undecided: undecided.length });
        } catch (error) {
          push(failedLine(error));
        }
      }),
    ),
  };
}
