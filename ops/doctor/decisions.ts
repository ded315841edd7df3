import { plural } from '../cli/plural.ts';
import { needsDecision } from '../dlq/dead-letter.ts';
import { listDeadLetters } from '../dlq/receive.ts';
import { deadLetterDepth } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, skipped } from './check.ts';

/** Above this, looking through the dead letters would hide them from others for too long. */
const MOST = 500;

/** Whether an event waits for a person's decision about an action whose outcome is unknown: no redrive ends that. */
export async function checkDecisions(stage: Stage): Promise<Finding> {
  const dlq = await deadLetterDepth(stage);
  const none = ok('decisions', 'no event waits for a decision');
  if (dlq.visible === 0) return none;
  if (dlq.visible > MOST) return skipped('decisions', `more than ${MOST} dead letters`);
  const { messages } = await listDeadLetters(stage, { reason: 'outcome_unknown' }, MOST);
  const waiting = messages.filter(needsDecision);
  const [first] = waiting;
  if (!first) return none;
  return problem(
    'decisions',
    `the outcome of an action is unknown in ${plural(waiting.length, 'event')}; a redrive only repeats the lookup`,
    `${commandLine(stage.target, ['events', 'show', first.event_id ?? ''])} says how to decide (events settle)`,
  );
}
