import type { PolicyDocument } from './model.ts';
import type { StackReader } from './stack-reader.ts';

/** A policy document; IAM itself checks it when it is used. */
export function policyDocument(value: unknown): PolicyDocument {
  return value as PolicyDocument;
}

/** The resource policy of this type that names a queue or topic. */
export function policyFor(
  reader: StackReader,
  type: string,
  property: string,
  id: string,
): PolicyDocument | undefined {
  const found = reader.all(type).find(({ properties }) => [properties[property]].flat().includes(id));
  return found && policyDocument(found.properties.PolicyDocument);
}
