import type { Outcome } from '../sandbox/outcome.ts';
import type { FunctionModel, StackModel } from '../template/model.ts';
import { findFunction } from '../template/read-functions.ts';

/** Runs the stack's schedules: each function at its rate, first after one interval, as EventBridge does. */
export function createSchedules(
  { schedules, functions }: StackModel,
  invoke: (fn: FunctionModel, payload: Buffer) => Promise<Outcome>,
) {
  const timers: NodeJS.Timeout[] = [];
  const targets = schedules.map((schedule) => {
    const fn = findFunction(functions, schedule.functionArn);
    const run = () => {
      const event = {
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        time: new Date().toISOString(),
        resources: [schedule.arn],
        detail: {},
      };
      return invoke(fn, Buffer.from(schedule.input ?? JSON.stringify(event)));
    };
    return { schedule, run };
  });
  return {
    start(): void {
      for (const { schedule, run } of targets) {
        if (schedule.enabled)
          timers.push(setInterval(() => void run(), schedule.everySeconds * 1000).unref());
      }
    },
    runNow: (): Promise<Outcome[]> => Promise.all(targets.map(({ run }) => run())),
    stop(): void {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
