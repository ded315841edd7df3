import { existsSync, readFileSync } from 'node:fs';

/** Of this package, whether its sources run or what was built from them. */
export function versionOf(): string {
  const [file] = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .filter((url) => existsSync(url));
  const { version }: { version: string } = JSON.parse(file ? readFileSync(file, 'utf8') : '{}');
  return version;
}
