import { fileURLToPath } from 'node:url';
import { runApp } from '../../../lib/run-app.ts';
import { NEXT } from './next.ts';

/** An app whose rules do what the run says, right or wrong, and whose chains end after one follow-up. */
await runApp({
  dev: {
    protectData: false,
    rules: fileURLToPath(new URL('rules.ts', import.meta.url)),
    workflowIds: { next: NEXT },
    maxFollowUpDepth: 1,
  },
});
