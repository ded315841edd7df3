import { readText } from '../repository.ts';
import { type Export, readApi } from './read.ts';

/** An entry of the npm package. */
export interface PackageEntry {
  /** What an import names: `cyberdesk-webhooks/rules`. */
  readonly name: string;
  readonly exports: readonly Export[];
}

/** The entries that package.json declares, each with what it exports. @throws UndocumentedError */
export function readEntries(): PackageEntry[] {
  const { name, exports } = JSON.parse(readText('package.json'));
  return Object.entries<string | { import: { types: string } }>(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [{ name: name + path.slice(1), exports: readApi(sourceOf(target.import.types)) }],
  );
}

/** `lib/index.ts` for `./dist/lib/index.d.ts`. */
const sourceOf = (types: string): string => types.replace('./dist/', '').replace('.d.ts', '.ts');
