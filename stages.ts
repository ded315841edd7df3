import type { StageSettings } from './lib/settings/stage-settings.ts';

/**
 * The stages of this installation. Each is a stack with its own URL, secrets, table, queues, topics and alarms.
 * {@link StageSettings} documents every setting; almost every installation needs the three in the comments.
 */
export const stages: Record<string, StageSettings> = {
  dev: {
    // Data and secrets are deleted with the stack.
    protectData: false,
  },
  prod: {
    protectData: true,
    // Workflows that your rules start: `workflowIds.next` in follow-ups.ts.
    // workflowIds: { next: '00000000-0000-4000-8000-000000000000' },
    // Code of yours that rules deliver to: `deliver('persist')` (docs/own-code.md).
    // destinations: { persist: { handler: 'handlers/persist-run.ts' } },
    // alarms: {
    //   // Recipients of alarms; AWS asks each of them to confirm.
    //   emails: ['on-call@example.com'],
    //   // Your copy of docs/runbook.md, so that alarms link to it.
    //   runbookUrl: 'https://github.com/<you>/<repository>/blob/main/docs/runbook.md',
    // },
  },
};
