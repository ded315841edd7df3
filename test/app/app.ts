import { fileURLToPath } from 'node:url';
import { runApp } from '../../lib/run-app.ts';
import { extend } from './infrastructure.ts';
import { stages } from './stages.ts';

const rules = fileURLToPath(new URL('follow-ups.ts', import.meta.url));

/** The app as it is shipped. */
await runApp({ dev: { ...stages.dev, rules }, prod: { ...stages.prod, rules } }, extend);
