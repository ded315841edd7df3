import imported from '#follow-ups';
import { loadedFrom } from '../rules/follow-ups.ts';

/** The rules of this bundle. Whatever is in it takes them from here, as it matters how a compiler has exported them. */
export const rules = loadedFrom(imported);
