import { isObject } from '../json.ts';
import type { Template } from './deployed.ts';

/** The previous keys that a deployed template names: ARNs, and `create` for the stack's own. */
export const previousKeysOf = ({ Outputs = {} }: Template): string[] =>
  partsOf(Outputs.PreviousEncryptionKeyArns?.Value).flatMap((part) =>
    typeof part === 'string' ? part.split(',').filter(Boolean) : ['create'],
  );

/** A list with the stack's own key in it is joined by CloudFormation. */
function partsOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  const join = isObject(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(join) && Array.isArray(join[1]) ? join[1] : [value];
}
