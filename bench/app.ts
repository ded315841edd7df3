import { fileURLToPath } from 'node:url';
import { runApp } from '../lib/run-app.ts';

/** An app whose rules are those that are measured, whatever a customer has made of theirs. */
await runApp({
  dev: { protectData: false, rules: fileURLToPath(new URL('follow-ups.ts', import.meta.url)) },
});
