import type { Cleanup } from '../cleanup.ts';
import type { Services } from '../emulators/services.ts';
import { expireItems } from '../emulators/time-to-live.ts';
import type { RunServices } from '../running.ts';
import type { StackModel } from '../template/model.ts';
import type { Reporting } from './foundation.ts';

/** DynamoDB takes up to days, which is too long for a local run. */
const EXPIRY_INTERVAL_MS = 60_000;

/** Access to the data of the stack, whose items expire every minute. */
export function dataOf(
  { aws, data, inspect, hurry }: Services,
  stack: StackModel,
  cleanup: Cleanup,
  warn: Reporting['warn'],
): Pick<RunServices, 'aws' | 'inspect' | 'hurry' | 'expire'> {
  const expire = async (nowSeconds = Date.now() / 1000) => {
    const counts = await Promise.all(data.tables.map((table) => expireItems(aws, table, nowSeconds)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const expiry = setInterval(
    () => void expire().catch((error: Error) => warn(error.message)),
    EXPIRY_INTERVAL_MS,
  );
  expiry.unref();
  cleanup.add(() => clearInterval(expiry));
  const sources = new Set(stack.eventSources.map(({ queueArn }) => queueArn));
  const queues = data.queues.filter(({ arn }) => sources.has(arn));
  return {
    aws,
    inspect,
    expire,
    async hurry() {
      await Promise.all(queues.map(({ url }) => hurry(url)));
    },
  };
}
