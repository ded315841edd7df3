import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { isObject } from '../../../ops/json.ts';
import { readTemplate, type Template } from '../../../ops/stage/deployed.ts';
import type { Place } from '../place.ts';

/** Whether a key is forgotten with which something is still encrypted: what waits could not be read any more. */
export async function checkKeyChange(place: Place): Promise<Finding[]> {
  const { encryptionKey, previousEncryptionKeys = [] } = place.settings;
  const known = [encryptionKey, ...previousEncryptionKeys];
  const keepsOwn = encryptionKey === undefined || known.includes('create');
  const { ofStores, ofTopics } = keysOf(await readTemplate(place));
  const lost = [
    ...ofStores.filter((key) => !known.includes(key)),
    // Without a key of stores, the stack's own stays as that of the topics.
    ...ofTopics.filter((key) => (key === 'create' ? !keepsOwn : !known.includes(key))),
  ];
  const names = [...new Set(lost)];
  if (names.length === 0) return [];
  const text = `${place.stackName} is encrypted with ${names.join(', ')}, which the settings no longer name`;
  const list = names.map((name) => `'${name}'`).join(', ');
  return [problem('key', text, `add to previousEncryptionKeys: ${list}; doctor says when it may go`)];
}

/** The keys that encrypt a deployed stack: ARNs, and `create` for the stack's own, which encrypts its topics by default. */
function keysOf({ Resources = {} }: Template): { ofStores: string[]; ofTopics: string[] } {
  const ofType = (type: string) =>
    Object.values(Resources).flatMap(({ Type, Properties = {} }) => (Type === type ? [Properties] : []));
  const ofTables = ofType('AWS::DynamoDB::Table').flatMap(({ SSESpecification: sse }) =>
    isObject(sse) ? nameOf(sse.KMSMasterKeyId) : [],
  );
  const ofQueues = ofType('AWS::SQS::Queue').flatMap(({ KmsMasterKeyId }) => nameOf(KmsMasterKeyId));
  const ofTopics = ofType('AWS::SNS::Topic').flatMap(({ KmsMasterKeyId }) => nameOf(KmsMasterKeyId));
  return { ofStores: [...ofTables, ...ofQueues], ofTopics };
}

function nameOf(key: unknown): string[] {
  if (key === undefined) return [];
  if (typeof key !== 'string') return ['create'];
  return key.startsWith('arn:') ? [key] : [];
}
