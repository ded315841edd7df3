import { type ActionRecord, type Placeholder, referenceOf } from '../model/index.ts';
import { type ReferencePlaces, referencePlaces } from './kinds/index.ts';

/** Whether a kind of action allows this reference where it stands. */
export function mayStand(places: ReferencePlaces, placeholder: Placeholder): boolean {
  const allowed = places[referenceOf(placeholder).kind];
  // As in a JSON pointer, or a name with a slash would look like two.
  const path = placeholder.path.map((name) => name.replaceAll('/', '~1')).join('/');
  return allowed !== 'nowhere' && allowed.test(path);
}

/**
 * Whether all references of a stored action stand where its kind allows them, each in the place of a null of the body
 * (JSON text). A plan of ours never fails this; one that was tampered with must not make a secret show anywhere else.
 */
export function areReferencesInPlace({ kind, placeholders = [] }: ActionRecord, body: string): boolean {
  if (placeholders.length === 0) return true;
  const places = referencePlaces(kind);
  const content: unknown = JSON.parse(body);
  return placeholders.every(
    (placeholder) => mayStand(places, placeholder) && valueAt(content, placeholder.path) === null,
  );
}

/** Own properties only: a path must not lead out of the body, to what all objects share. */
function valueAt(content: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((parent, key) => {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) return undefined;
    return Reflect.get(parent, key);
  }, content);
}
