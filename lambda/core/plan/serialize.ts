import { AttachmentsReference, SecretReference } from '../../rules/actions.ts';
import type { Placeholder } from '../model/index.ts';
import type { ReferencePlaces } from './kinds/kind.ts';
import { mayStand } from './reference-places.ts';

/** A rule put a reference where its value would be compared, stored or shown. */
export class MisplacedReferenceError extends Error {
  override name = 'MisplacedReferenceError';
}

/**
 * A body as JSON text, with null in place of each reference, and the references beside it. It is stored and sent as
 * text: key order and bytes are part of the idempotency contract.
 *
 * @param places Where references may stand: never among the inputs that Cyberdesk shows of a run. A look-up compares
 * those with the stored body, which holds null in place of a reference, so it would not find the run, would take it
 * for never started, and start it again.
 * @throws MisplacedReferenceError
 * @throws TypeError for what cannot be written as JSON
 */
export function serialize(
  content: unknown,
  places: ReferencePlaces,
): { body: string; placeholders: Placeholder[] } {
  const placeholders: Placeholder[] = [];
  const walk = (value: unknown, path: string[]): unknown => {
    const placeholder = placeholderOf(value, path);
    if (placeholder) {
      const kind = 'secret' in placeholder ? 'secret' : 'attachments';
      if (!mayStand(places, placeholder)) throw new MisplacedReferenceError(`${kind} at ${path[0]}`);
      placeholders.push(placeholder);
      return null;
    }
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, String(index)]));
    if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]),
    );
  };
  // Throws for a cycle or a BigInt, as if the rule had thrown.
  const body = JSON.stringify(walk(content, []));
  if (body === undefined) throw new TypeError('the action has no content');
  return { body, placeholders };
}

function placeholderOf(value: unknown, path: string[]): Placeholder | undefined {
  if (value instanceof AttachmentsReference) return { path, attachments: { ids: value.ids } };
  if (!(value instanceof SecretReference)) return undefined;
  const { id, field } = value;
  return { path, secret: { id, ...(field !== undefined && { field }) } };
}
