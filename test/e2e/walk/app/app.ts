import { fileURLToPath } from 'node:url';
import { runApp } from '../../../../lib/run-app.ts';
import { SENSITIVE_SECRET } from './sensitive.ts';

/** An app with custom rules. */
await runApp({
  dev: {
    protectData: false,
    rules: fileURLToPath(new URL('rules.ts', import.meta.url)),
    sensitiveSecretArns: [SENSITIVE_SECRET],
  },
});
