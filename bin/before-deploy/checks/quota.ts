import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Finding, ok, problem, warning } from '../../../ops/doctor/check.ts';
import { isObject } from '../../../ops/json.ts';
import { readTemplate, type Template } from '../../../ops/stage/deployed.ts';
import type { Place } from '../place.ts';

/** Lambda reserves nothing that would leave less than this to functions without a reservation. */
const ALWAYS_FREE = 100;

const RAISE = 'Service Quotas, AWS Lambda, "Concurrent executions": request 1,000';

/**
 * Whether enough functions can run at once. Asked of Lambda, which says what applies: Service Quotas knows only values that
 * someone has requested, and the default that a new account does not have.
 */
export async function checkQuota(place: Place): Promise<Finding[]> {
  const { all, free } = await readLimits(place);
  const burst = place.settings.throttle?.burst ?? 50;
  const tooWarm = tooManyWarm(place, free, 0);
  if (tooWarm) return [tooWarm];
  if (all > burst) return [ok('quota', `${all} concurrent functions`)];
  const text = `this account runs ${all} functions at once, and the gateway accepts ${burst} requests: nothing is lost, but alarms fire`;
  return [warning('quota', text, `${RAISE}; until then throttle: { rate: 10, burst: 5 }`)];
}

/** Whether there is room for provisioned concurrency that a later deployment adds. */
export async function checkMoreWarm(place: Place): Promise<Finding[]> {
  if (!place.settings.provisionedConcurrency) return [];
  const [{ free }, template] = await Promise.all([readLimits(place), readTemplate(place)]);
  const tooWarm = tooManyWarm(place, free, warmOf(template));
  return tooWarm ? [tooWarm] : [];
}

async function readLimits({ clients }: Place): Promise<{ all: number; free: number }> {
  const { AccountLimit = {} } = await clients.lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = all } = AccountLimit;
  return { all, free };
}

/** @param already how many are provisioned before the deployment, and no longer among the free ones */
function tooManyWarm({ settings }: Place, free: number, already: number): Finding | undefined {
  const { provisionedConcurrency: warm = 0 } = settings;
  const left = free - (warm - already);
  if (warm <= already || left >= ALWAYS_FREE) return undefined;
  const text = `provisionedConcurrency: ${warm} would leave ${left} of ${free} concurrent functions; Lambda keeps ${ALWAYS_FREE} free`;
  return problem('quota', text, `${RAISE}, or leave provisionedConcurrency out`);
}

const warmOf = ({ Resources = {} }: Template): number =>
  Math.max(
    0,
    ...Object.values(Resources).map(({ Properties: { ProvisionedConcurrencyConfig: config } = {} }) =>
      isObject(config) ? Number(config.ProvisionedConcurrentExecutions) : 0,
    ),
  );
