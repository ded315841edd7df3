import type { Outcome } from '../sandbox/outcome.ts';
import type { FunctionModel, ScheduleModel, StackModel } from '../template/model.ts';
import { findFunction } from '../template/read-functions.ts';

type Invoke = (fn: FunctionModel, payload: Buffer) => Promise<Outcome>;

/** Runs the stack's schedules: each function at its rate, first after one interval, as EventBridge does. */
export class Schedules {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #invoke: Invoke;
  readonly #targets: readonly { readonly schedule: ScheduleModel; readonly fn: FunctionModel }[];

  constructor({ schedules, functions }: StackModel, invoke: Invoke) {
    this.#invoke = invoke;
    this.#targets = schedules.map((schedule) => ({
      schedule,
      fn: findFunction(functions, schedule.functionArn),
    }));
  }

  start(): void {
    for (const { schedule, fn } of this.#targets) {
      if (!schedule.enabled) continue;
      const timer = setInterval(() => void this.#run(schedule, fn), schedule.everySeconds * 1000);
      timer.unref();
      this.#timers.push(timer);
    }
  }

  async runNow(): Promise<Outcome[]> {
    return Promise.all(this.#targets.map(({ schedule, fn }) => this.#run(schedule, fn)));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #run(schedule: ScheduleModel, fn: FunctionModel): Promise<Outcome> {
    const event = {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: new Date().toISOString(),
      resources: [schedule.arn],
      detail: {},
    };
    return this.#invoke(fn, Buffer.from(schedule.input ?? JSON.stringify(event)));
  }
}
