import { type Finding, problem, warning } from '../../../ops/doctor/check.ts';
import { stillNeeded } from '../../../ops/doctor/encryption.ts';
import { connectDeployed, readTemplate } from '../../../ops/stage/deployed.ts';
import { keyFaults } from '../../../ops/stage/keys.ts';
import { previousKeysOf } from '../../../ops/stage/previous-keys.ts';
import type { Place } from '../place.ts';

/** Whether what is still encrypted with a key from before can be read; the deployment itself does not depend on it. */
export async function checkPreviousKeys(place: Place): Promise<Finding[]> {
  const { clients, settings, stackName, account, region } = place;
  const { previousEncryptionKeys = [] } = settings;
  // `checkRegion` names those of another region, and CDK keeps the policy of the stack's own key complete.
  const keys = previousEncryptionKeys.filter((key) => key.split(':')[3] === region);
  const faults = await Promise.all(
    keys.map((key) => keyFaults(clients, key, { stackName, account, isPrevious: true })),
  );
  return faults.flat().map(({ problem: text, next }) => warning('key', text, next));
}

/** Whether a previous key goes while something that the functions read is still encrypted with it. */
export async function checkDroppedKeys(place: Place): Promise<Finding[]> {
  const { settings, target, clients, stackName } = place;
  const known = [settings.encryptionKey, ...(settings.previousEncryptionKeys ?? [])];
  const dropped = previousKeysOf(await readTemplate(place)).filter((key) => !known.includes(key));
  if (dropped.length === 0) return [];
  const stage = await connectDeployed(target, clients);
  const why = await stillNeeded(stage, Date.now(), dropped.includes('create'));
  if (why.length === 0) return [];
  const text = `${stackName} still needs ${dropped.join(', ')}, which the settings no longer name: ${why.join('; ')}`;
  const list = dropped.map((key) => `'${key}'`).join(', ');
  return [problem('key', text, `keep in previousEncryptionKeys: ${list}; doctor says when it may go`)];
}
