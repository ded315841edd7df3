import type { LocalRun } from '../running.ts';
import type { QueueModel, TableModel } from '../template/model.ts';

/** The variables by which functions name what they work on; the same names in every stack. */
const variables = { table: 'TABLE_NAME', queue: 'QUEUE_URL', deadLetters: 'DLQ_URL' };

/** The parts of the stack that the state endpoints show. */
export interface ShownParts {
  readonly table: TableModel;
  readonly queue: QueueModel;
  readonly deadLetters: QueueModel | undefined;
  readonly retentionDays: number;
}

/** Finds them through the functions' variables. */
export function shownParts(run: Pick<LocalRun, 'stack'>): ShownParts {
  const { functions, data } = run.stack;
  const variable = (name: string) =>
    functions.map((fn) => fn.environment[name]).find((value) => value !== undefined);
  const table = data.tables.find(({ name }) => name === variable(variables.table));
  const queue = data.queues.find(({ url }) => url === variable(variables.queue));
  if (!table || !queue) throw new Error(`No function names ${variables.table} and ${variables.queue}.`);
  return {
    table,
    queue,
    deadLetters: data.queues.find(({ url }) => url === variable(variables.deadLetters)),
    retentionDays: Number(variable('EVENT_RETENTION_DAYS') ?? 90),
  };
}
