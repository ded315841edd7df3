#!/usr/bin/env node
// The command `cyberdesk-webhooks`. A checkout runs its sources; an installed package carries JavaScript, because Node
// strips no types inside node_modules.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { withNode } from '../bin/with-node.mjs';

await withNode(async () => {
  const { pathname } = new URL(import.meta.url);
  const isSource = !pathname.includes('/node_modules/') && existsSync(new URL('main.ts', import.meta.url));
  const entry = new URL(isSource ? 'main.ts' : '../dist/ops/main.js', import.meta.url);
  // Types are stripped once, and not again by each call. Where it cannot be written, calls only start more slowly.
  const cache = new URL(`../${isSource ? 'node_modules' : '..'}/.cache/cyberdesk-webhooks`, import.meta.url);
  module.enableCompileCache?.(fileURLToPath(cache));
  const { main } = await import(entry.href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || (!isSource && existsSync(entry))) throw error;
    console.error('cyberdesk-webhooks is incomplete: run "npm ci" (and "npm run build" in a package).');
    process.exit(2);
  });
  process.exitCode = await main(process.argv.slice(2));
});
