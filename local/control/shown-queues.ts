import type { LocalRun } from '../running.ts';
import type { QueueModel } from '../template/model.ts';

/** The variables by which functions find their queues; they have the same names in every stack. */
const QUEUE_URL = 'QUEUE_URL';
const DLQ_URL = 'DLQ_URL';

/** The queues that `GET /_local/queues` shows. */
export interface ShownQueues {
  readonly queue: QueueModel;
  readonly deadLetters: QueueModel | undefined;
}

/** Finds the queues through the functions' variables. */
export function shownQueues({ stack }: Pick<LocalRun, 'stack'>): ShownQueues {
  const named = (variable: string) => {
    const urls = stack.functions.map((fn) => fn.environment[variable]);
    return stack.data.queues.find(({ url }) => urls.includes(url));
  };
  const queue = named(QUEUE_URL);
  if (!queue) throw new Error(`no function of the stack has a queue in ${QUEUE_URL}`);
  return { queue, deadLetters: named(DLQ_URL) };
}
