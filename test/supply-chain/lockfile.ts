import { readText } from '../house/repository.ts';

/** A package in package-lock.json. */
export interface Locked {
  readonly version: string;
  readonly license?: string;
  /** Needed for development only. */
  readonly dev?: true;
  readonly devOptional?: true;
  /** A folder of this repository. */
  readonly link?: true;
}

/** Location, as in `node_modules/svix`, → package. */
export const LOCKED: Readonly<Record<string, Locked>> = JSON.parse(readText('package-lock.json')).packages;

/** `node_modules/a/node_modules/@b/c` → `@b/c@1.0.0`. @throws Error for a package that is not locked */
export function nameAndVersion(location: string): string {
  const locked = LOCKED[location];
  if (locked === undefined) throw new Error(`${location} is not in package-lock.json; run npm ci`);
  return `${location.split('node_modules/').at(-1)}@${locked.version}`;
}
