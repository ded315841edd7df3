import { isObject } from '../../ops/json.ts';
import { readTemplate, type Template } from '../../ops/stage/deployed.ts';
import { NotDeployableError } from './errors.ts';
import type { Answers } from './look-first.ts';
import type { Place } from './place.ts';

/**
 * Refuses to forget a key with which something is still encrypted: what waits in a queue could not be read any more.
 *
 * @throws NotDeployableError
 */
export async function checkKeyChange(place: Place, { io, isYes }: Answers): Promise<void> {
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
  if (names.length === 0) return;
  const problem = `${place.stackName} is encrypted with ${names.join(', ')}, which the settings no longer name`;
  const next = `add to previousEncryptionKeys: ${names.map((name) => `'${name}'`).join(', ')}; doctor says when it may go`;
  if (!isYes) throw new NotDeployableError(problem, { next: `${next} (--yes deploys without it)` });
  io.err(`${problem}\n`);
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
