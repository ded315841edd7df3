import { fileURLToPath } from 'node:url';
import { runApp } from '../../../lib/run-app.ts';
import { ACCOUNT, PORTAL } from './portal.ts';

/** An app whose rule logs in with a secret, and whose stage names its account. */
await runApp({
  dev: {
    account: ACCOUNT,
    region: 'eu-central-1',
    protectData: false,
    rules: fileURLToPath(new URL('rules.ts', import.meta.url)),
    sensitiveSecretArns: [PORTAL],
  },
});
