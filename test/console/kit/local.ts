import { randomUUID } from 'node:crypto';
import { beforeAll } from 'vitest';
import type { LocalRun } from '../../../local/run.ts';
import { mountConsole } from '../../../ops/console/mount.ts';
import type { AuditedStage } from '../../../ops/stage/audited-stage.ts';
import { connectLocal } from '../../../ops/stage/local.ts';
import { useWhole, type Whole } from '../../e2e/kit/local-run.ts';
import { runComplete } from '../../e2e/kit/webhooks.ts';
import { directly } from '../../ops/support/stage.ts';
import { makeUnknown } from '../../ops/support/unknown.ts';

/** A local run with the console on its port, as in `npm start`. */
export class WithConsole {
  readonly whole: Whole;
  readonly stage: AuditedStage;

  constructor(whole: Whole, stage: AuditedStage) {
    this.whole = whole;
    this.stage = stage;
  }

  get run(): LocalRun {
    return this.whole.run;
  }

  get url(): string {
    return this.run.url;
  }

  /** Sends an event for a run with these fields; returns its id. */
  async send(run: Record<string, unknown> = {}): Promise<string> {
    const event = runComplete(run);
    await this.whole.deliver(event);
    return event.event_id;
  }

  /** Sends an event and waits until it is finished. */
  async finish(run: Record<string, unknown> = {}): Promise<string> {
    const id = await this.send(run);
    await this.whole.finished(id);
    return id;
  }

  /** An event whose follow-up run Cyberdesk refuses once; a later attempt succeeds. */
  async fail(): Promise<string> {
    this.run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', status: 422 });
    const id = await this.finish();
    if ((await this.whole.event(id))?.state !== 'failed') throw new Error('the event should have failed');
    return id;
  }

  /** An event of which it is unknown whether a run of this workflow was started. */
  async unknown(workflow_id: string = randomUUID()): Promise<string> {
    const id = await this.fail();
    await makeUnknown(this.stage, id, { workflow_id });
    return id;
  }
}

export function useConsole(): () => WithConsole {
  const whole = useWhole();
  let ready: WithConsole;
  beforeAll(async () => {
    const { run } = whole();
    run.use(mountConsole(run.url));
    ready = new WithConsole(whole(), directly(await connectLocal(run.url)));
  });
  return () => ready;
}
