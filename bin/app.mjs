// The entry of `cdk`. An old Node, which cannot load TypeScript, hands over to a newer one or says so in one line.
import module from 'node:module';
import { withNode } from './with-node.mjs';

await withNode(() => {
  // CDK is compiled once, and not again by each synthesis.
  module.enableCompileCache?.();
  return import('./app.ts');
});
