// The entry of `npm start`.
import { withNode } from '../bin/with-node.mjs';

await withNode(() => import('./command/start.ts'));
