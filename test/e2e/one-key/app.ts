import { runApp } from '../../../lib/run-app.ts';
import { settings } from './settings.ts';

await runApp({ dev: settings });
