/** Statuses of a run that has ended. */
export const TERMINAL_STATUSES = ['success', 'error', 'task_failed', 'cancelled'] as const;
/** How a run has ended. */
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

/** Statuses of a run that has not ended. Webhooks never carry them, but test events from the Svix portal do. */
const ACTIVE_STATUSES: readonly string[] = ['scheduling', 'running', 'running_checks'];

export const isTerminal = (status: string | undefined): status is TerminalStatus =>
  TERMINAL_STATUSES.some((terminal) => terminal === status);

export const isActive = (status: string | undefined): boolean =>
  status !== undefined && ACTIVE_STATUSES.includes(status);
