/** What the golden tests use of the local run and of the helpers of its tests: the one place to adapt. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { addAttachment } from '../../../local/cyberdesk-api/store.ts';
import { type LocalRun, startLocal } from '../../../local/run.ts';
import { connectLocal } from '../../../ops/stage/local.ts';
import { waitFor } from '../../e2e/kit/wait.ts';
import { type DeliveryOptions, deliver, runComplete } from '../../e2e/kit/webhooks.ts';
import { SENSITIVE_SECRET } from '../../e2e/walk/app/sensitive.ts';
import { run as runVerb } from '../../ops/support/command.ts';
import { normalise } from './normalise.ts';

/** An app whose rules do what the finished run's `output_data.do` says. */
const APP = fileURLToPath(new URL('../../e2e/walk/app/app.ts', import.meta.url));

interface ShownEvent {
  state: string;
  not_before: number | null;
  actions: { state: string }[];
}

/** A local run, and names for the ids that a test has given out. */
export class GoldenRun {
  readonly #run: LocalRun;
  readonly names = new Map<string, string>();

  private constructor(run: LocalRun) {
    this.#run = run;
  }

  static async start(): Promise<GoldenRun> {
    const run = await startLocal({ app: APP, redeliverySeconds: 'queue', sandboxLimit: 2 });
    await run.aws.call('secretsmanager', 'PutSecretValue', {
      SecretId: SENSITIVE_SECRET,
      SecretString: 'a sensitive value',
    });
    return new GoldenRun(run);
  }

  stop(): Promise<void> {
    return this.#run.stop();
  }

  /** A webhook of a run that the API knows, for rules that do so. */
  webhook(name: string, does: string, change: object = {}) {
    const known = this.#run.fake?.seedRun({
      workflow_id: randomUUID(),
      status: 'success',
      ended_at: new Date().toISOString(),
    });
    if (!known) throw new Error('the fake API is not there');
    if (does === 'files') {
      const content = Buffer.from('a file').toString('base64');
      addAttachment((this.#run.fake as NonNullable<LocalRun['fake']>).store, known, 'output', {
        filename: 'a.txt',
        content,
      });
    }
    const { id, workflow_id, ended_at, output_attachment_ids } = known;
    const output_data = { do: does, summary: `summary of ${name}` };
    const webhook = runComplete({ id, workflow_id, ended_at, output_attachment_ids, output_data, ...change });
    this.names.set(webhook.event_id, `event "${name}"`);
    this.names.set(id, `run of "${name}"`);
    this.names.set(workflow_id, `workflow of "${name}"`);
    return webhook;
  }

  async send(payload: unknown, options?: DeliveryOptions): Promise<{ status: number; answer: unknown }> {
    return deliver(this.#run.webhookUrl, this.#run.secret as string, payload, options);
  }

  /** A document of `/_local/…`, with names in the place of ids and times. */
  async shown(path: string): Promise<unknown> {
    return normalise(await this.#get(path), this.names);
  }

  async #get(path: string): Promise<unknown> {
    return (await fetch(`${this.#run.url}/_local/${path}`)).json();
  }

  async waitFor(id: string, until: (event: ShownEvent) => boolean): Promise<void> {
    await waitFor(`event ${id}`, async () =>
      until((await this.#get(`events/${encodeURIComponent(id)}`)) as ShownEvent),
    );
  }

  finished = (id: string) => this.waitFor(id, ({ state }) => state !== undefined && state !== 'received');

  /** On a busy machine a part may not answer in time. */
  async waitForHealth(): Promise<void> {
    await waitFor('the parts to be up', async () => {
      const { status } = (await this.#get('health')) as { status: string };
      return status === 'ok';
    });
  }

  async waitForQueue(inFlight: number): Promise<void> {
    await waitFor('the queue', async () => {
      const { queue } = (await this.#get('queues')) as { queue: { visible: number; in_flight: number } };
      return queue.visible === 0 && queue.in_flight === inFlight;
    });
  }

  /** The API answers the next start of a run so. */
  answerStart(answer: { status: number; headers?: Record<string, string> }, times: number | 'always' = 1) {
    this.#run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', times, ...answer });
  }

  /** The next worker dies after its call to start a run. */
  killAfterStart(): void {
    this.#run.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'kill', when: 'after' });
  }

  /** A verb of the command, on this run. */
  async verb(argv: string[], input = ''): Promise<unknown> {
    const url = this.#run.url;
    const { code, out, err } = await runVerb([...argv, '--json'], {
      input,
      connect: () => connectLocal(url),
    });
    return normalise(
      { exit: code, ...(out && { out: JSON.parse(out) }), ...(err && { err: JSON.parse(err) }) },
      this.names,
    );
  }
}
