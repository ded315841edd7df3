import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Finding, ok, problem, warning } from '../../../ops/doctor/check.ts';
import type { Place } from '../place.ts';

/** Lambda reserves nothing that would leave less than this to functions without a reservation. */
const ALWAYS_FREE = 100;

const RAISE = 'Service Quotas, AWS Lambda, "Concurrent executions": request 1,000';

/**
 * Whether enough functions can run at once. Asked of Lambda, which says what applies: Service Quotas knows only values that
 * somebody has requested, and the default that a new account does not have.
 */
export async function checkQuota({ clients, settings }: Place): Promise<Finding[]> {
  const { AccountLimit = {} } = await clients.lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = all } = AccountLimit;
  const { provisionedConcurrency: warm = 0, throttle } = settings;
  if (warm > 0 && free - warm < ALWAYS_FREE) {
    const text = `provisionedConcurrency: ${warm} would leave ${free - warm} of ${free} concurrent functions; Lambda keeps ${ALWAYS_FREE} free`;
    return [problem('quota', text, `${RAISE}, or leave provisionedConcurrency out`)];
  }
  const burst = throttle?.burst ?? 50;
  if (all > burst) return [ok('quota', `${all} concurrent functions`)];
  const text = `this account runs ${all} functions at once, and the gateway accepts ${burst} requests: nothing is lost, but alarms fire`;
  return [warning('quota', text, `${RAISE}; until then throttle: { rate: 10, burst: 5 }`)];
}
