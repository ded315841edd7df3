// The entry of `cdk`. An old Node, which cannot load TypeScript, hands over to a newer one or says so in one line.
import { withNode } from './with-node.mjs';

await withNode(() => import('./app.ts'));
