/** A webhook of a run that has ended, with what a scenario changes. */
export const runComplete = (run: object = {}, envelope: object = {}) => ({
  event_id: 'event-1',
  event_type: 'run_complete',
  run: {
    id: 'run-1',
    workflow_id: 'workflow-first',
    status: 'success',
    ended_at: '2026-11-25T09:59:58.123456+00:00',
    output_data: { summary: 'three invoices filed' },
    ...run,
  },
  ...envelope,
});

/** Text that does not compress, and is the same every time. */
export function noise(length: number): string {
  let seed = 12_345;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return alphabet[seed >>> 26];
  }).join('');
}

/** A run as the API shows it, equal to what the rule `start-next` starts. */
export const startedRun = (id: string, createdAt: number, more: object = {}) => ({
  id,
  workflow_id: 'workflow-next',
  status: 'running',
  created_at: new Date(createdAt).toISOString(),
  input_values: { summary: 'three invoices filed' },
  ...more,
});
