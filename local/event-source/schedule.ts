import type { Outcome } from '../sandbox/outcome.ts';
import type { FunctionModel, ScheduleModel } from '../template/model.ts';

/** Runs the stack's schedules: each function at its rate, first after one interval, as EventBridge does. */
export class Schedules {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #invoke: (fn: FunctionModel, payload: Buffer) => Promise<Outcome>;
  readonly #targets: readonly { readonly schedule: ScheduleModel; readonly fn: FunctionModel }[];

  constructor(
    targets: readonly { readonly schedule: ScheduleModel; readonly fn: FunctionModel }[],
    invoke: (fn: FunctionModel, payload: Buffer) => Promise<Outcome>,
  ) {
    this.#targets = targets;
    this.#invoke = invoke;
  }

  start(): void {
    for (const target of this.#targets) {
      if (!target.schedule.enabled) continue;
      const timer = setInterval(() => void this.#run(target), target.schedule.everySeconds * 1000);
      timer.unref();
      this.#timers.push(timer);
    }
  }

  /**
   * Runs the schedules of one function now, or all of them.
   * @param label of the function, e.g. `sweeper`
   */
  async runNow(label?: string): Promise<Outcome[]> {
    const wanted = this.#targets.filter(({ fn }) => label === undefined || fn.label === label);
    return Promise.all(wanted.map((target) => this.#run(target)));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #run({ schedule, fn }: { schedule: ScheduleModel; fn: FunctionModel }): Promise<Outcome> {
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
