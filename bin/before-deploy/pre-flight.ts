import { type Finding, info } from '../../ops/doctor/check.ts';
import { toOperatorError } from '../../ops/stage/explain.ts';
import type { Answers } from './answers.ts';
import { checkBootstrap } from './checks/bootstrap.ts';
import { checkClosing } from './checks/closing.ts';
import { checkDomain, checkLaterDomain } from './checks/domain.ts';
import { checkKeyChange } from './checks/key-change.ts';
import { checkKeys } from './checks/keys.ts';
import { checkLogGroup } from './checks/log-group.ts';
import { checkNetwork } from './checks/network.ts';
import { checkPlace } from './checks/place.ts';
import { checkDroppedKeys, checkPreviousKeys } from './checks/previous-keys.ts';
import { checkMoreWarm, checkQuota } from './checks/quota.ts';
import { checkRegion } from './checks/region.ts';
import { NotDeployableError } from './errors.ts';
import type { Place } from './place.ts';

type Check = (place: Place) => Promise<Finding[]>;

/** What is looked at before each deployment, before the first one only, and before later ones only. */
const ALWAYS: Readonly<Record<string, Check>> = {
  place: checkPlace,
  region: checkRegion,
  key: checkKeys,
  'previous keys': checkPreviousKeys,
  network: checkNetwork,
};
const FIRST: Readonly<Record<string, Check>> = {
  bootstrap: checkBootstrap,
  quota: checkQuota,
  domain: (place) => checkDomain(place),
};

/** Before a creation that no stack of this name is in the way of. */
const FREE: Readonly<Record<string, Check>> = { logs: checkLogGroup };

const LATER: Readonly<Record<string, Check>> = {
  key: checkKeyChange,
  'previous keys': checkDroppedKeys,
  endpoint: checkClosing,
  quota: checkMoreWarm,
  domain: checkLaterDomain,
};

/**
 * Names what a deployment needs and does not find.
 *
 * @throws NotDeployableError if it would fail
 */
export async function preFlight(
  place: Place,
  { isFirst, isFree }: { isFirst: boolean; isFree: boolean },
  { io, isYes }: Answers,
): Promise<void> {
  const checks = [ALWAYS, isFirst ? FIRST : LATER, isFree ? FREE : {}].flatMap(Object.entries<Check>);
  const findings = (
    await Promise.all(checks.map(([name, check]) => attempt(name, () => check(place))))
  ).flat();
  const seen = findings.filter(({ state }) => state !== 'ok');
  for (const { check, state, text, next } of seen) {
    io.err(`${state === 'problem' ? '✗' : '!'} ${check}: ${text}\n`);
    if (next !== undefined) io.err(`  next: ${next}\n`);
  }
  const { length } = seen.filter(({ state }) => state === 'problem');
  if (length === 0 || isYes) return;
  throw new NotDeployableError('nothing was deployed', {
    next: `fix what is marked ✗, or deploy all the same with --yes`,
  });
}

/** A check that cannot be made says nothing about the deployment: whoever deploys may not be allowed to look. */
async function attempt(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [info(name, `not checked: ${toOperatorError(error).problem}`)];
  }
}
