/**
 * Writes api-types.ts from openapi.yaml: `npm run generate`. It needs the network: the generator uses TypeScript 5's
 * API, which our version of TypeScript no longer has, so npx downloads both.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('openapi.yaml', import.meta.url));
const target = fileURLToPath(new URL('api-types.ts', import.meta.url));

/** The first lines of api-types.ts, with digests of its source and of the types made from it. */
export function header(openapi: string, types: string): string {
  // A checkout may change line endings.
  const digest = (text: string) =>
    createHash('sha256').update(text.replaceAll('\r', '')).digest('hex').slice(0, 16);
  return [
    '// biome-ignore-all lint: generated',
    '// biome-ignore-all format: generated',
    `// Made by \`npm run generate\`. openapi.yaml ${digest(openapi)}, what follows ${digest(types)}. Do not edit.`,
    '',
  ].join('\n');
}

function generate(): void {
  const packages = ['-p', 'typescript@5.9.3', '-p', 'openapi-typescript@7.13.0'];
  // A property with a default can be omitted from a request, so a default must not make it required.
  const options = ['--default-non-nullable=false'];
  const types = execFileSync('npx', ['-y', ...packages, 'openapi-typescript', source, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  writeFileSync(target, header(readFileSync(source, 'utf8'), types) + types);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
