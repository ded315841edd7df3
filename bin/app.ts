import { runApp } from '../lib/run-app.ts';
import { stages } from '../stages.ts';

await runApp(stages);
