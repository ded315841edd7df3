import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/**
 * Compares a value with `__golden__/<name>.json`.
 *
 * Golden files hold what a refactoring must not change: stored items, messages, requests, names in the template and
 * fields of documents. When one of them differs, the code is wrong and not the file. Only a change that is meant to
 * alter the contract updates them: `UPDATE_GOLDEN=1 npx vitest run test/golden`, with the diff read line by line.
 */
export function expectGolden(name: string, value: unknown): void {
  const file = join(import.meta.dirname, '..', '__golden__', `${name}.json`);
  const text = `${format(withSortedKeys(value))}\n`;
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect.soft(text, `differs from ${file}`).toBe(readFileSync(file, 'utf8'));
}

/** Longest object or list that stands in one line. */
const LINE = 100;

/** JSON that is short to read: what fits into a line stands in one. */
function format(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= LINE) return line;
  const deeper = `${indent} `;
  const entries = Array.isArray(value)
    ? value.map((entry) => format(entry, deeper))
    : Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${format(entry, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${deeper}${entries.join(`,\n${deeper}`)}\n${indent}${close}`;
}

/** The order of keys is not part of any contract here; bodies, where it is, are compared as text. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, withSortedKeys(entry)]),
  );
}
