import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { keyFaults } from '../../../ops/stage/keys.ts';
import type { Place } from '../place.ts';

/** Whether a key by ARN is there, and allows what the stack needs of it. */
export async function checkKeys({
  clients,
  settings,
  stackName,
  account,
  region,
}: Place): Promise<Finding[]> {
  const { encryptionKey = 'create' } = settings;
  if (encryptionKey === 'create') return [];
  const [, , , home] = encryptionKey.split(':');
  // `checkRegion` says so.
  if (home !== region) return [];
  const faults = await keyFaults(clients, encryptionKey, { stackName, account });
  return faults.map(({ problem: text, next }) => problem('key', text, next));
}
