import { AttachmentsReference, SecretReference } from '../../rules/actions.ts';
import type { Placeholder } from '../model/index.ts';

/** A rule put a reference where its value would be compared, stored or shown. */
export class MisplacedReferenceError extends Error {
  override name = 'MisplacedReferenceError';
}

/**
 * Where each kind of reference may stand. Never among the inputs that Cyberdesk shows of a run: a look-up compares
 * those with the stored body, which holds null in place of a reference, so it would not find the run, take it for
 * never started, and start it again.
 */
const PLACES = {
  secret: /^(sensitive_input_values|shared_sensitive_inputs|steps\/\d+\/sensitive_inputs)\//,
  attachments: /^(file_inputs|shared_file_inputs|steps\/\d+\/file_inputs)\/\d+$/,
};

/**
 * A body as JSON text, with null in the place of each reference and the references beside it. It is stored and
 * sent as text: key order and bytes are part of the idempotency contract.
 *
 * @throws MisplacedReferenceError, TypeError for what has no JSON
 */
export function serialize(content: unknown): { body: string; placeholders: Placeholder[] } {
  const placeholders: Placeholder[] = [];
  const walk = (value: unknown, path: string[]): unknown => {
    const what = referenceOf(value);
    if (what) {
      const kind = 'secret' in what ? 'secret' : 'attachments';
      if (!PLACES[kind].test(path.join('/'))) throw new MisplacedReferenceError(`${kind} at ${path[0]}`);
      placeholders.push({ path, ...what });
      return null;
    }
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, String(index)]));
    if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]),
    );
  };
  // A rule that returns what has no JSON (a cycle, a BigInt) has thrown.
  const body = JSON.stringify(walk(content, []));
  if (body === undefined) throw new TypeError('the action has no content');
  return { body, placeholders };
}

type What = { secret: { id: string; field?: string } } | { attachments: { ids: string[] } };

function referenceOf(value: unknown): What | undefined {
  if (value instanceof AttachmentsReference) return { attachments: { ids: value.ids } };
  if (!(value instanceof SecretReference)) return undefined;
  const { id, field } = value;
  return { secret: { id, ...(field !== undefined && { field }) } };
}
