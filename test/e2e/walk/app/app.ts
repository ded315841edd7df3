import { fileURLToPath } from 'node:url';
import { runApp } from '../../../../lib/run-app.ts';
import { ARCHIVE, BUS, TEAM } from '../../deliver/outside.ts';
import { SENSITIVE_SECRET } from './sensitive.ts';

/** An app with custom rules. */
await runApp({
  dev: {
    protectData: false,
    rules: fileURLToPath(new URL('rules.ts', import.meta.url)),
    destinations: { archive: { queue: ARCHIVE }, team: { function: TEAM }, bus: { eventBus: BUS } },
    sensitiveSecretArns: [SENSITIVE_SECRET],
  },
});
