import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { startLocal } from '../../../local/run.ts';
import { Whole } from '../kit/local-run.ts';
import { waitFor } from '../kit/wait.ts';
import { SENSITIVE_SECRET } from './app/sensitive.ts';

const APP = fileURLToPath(new URL('app/app.ts', import.meta.url));
/** A key's life, and the time until a run is listed. */
const ASSUMED = 70_000;
const LATER = new URL('later.mjs', import.meta.url).href;

/**
 * A local run in which time passes when everybody waits: functions and API share a clock that jumps, and messages show
 * when it does. So a wait of minutes costs none.
 */
export class World extends Whole {
  readonly #clock: string;
  #ahead = 0;

  private constructor(run: Whole['run'], clock: string) {
    super(run);
    this.#clock = clock;
  }

  static async start(): Promise<World> {
    const clock = join(tmpdir(), `walk-${randomUUID()}`);
    writeFileSync(clock, '0');
    let now = Date.now;
    const run = await startLocal({
      app: APP,
      environment: {
        NODE_OPTIONS: `--enable-source-maps --import=${LATER}?clock=${encodeURIComponent(clock)}`,
      },
      redeliverySeconds: 'queue',
      sandboxLimit: 2,
      // No better than what is assumed of Cyberdesk.
      fake: { now: () => now(), keyLifetimeMs: ASSUMED, listDelayMs: ASSUMED },
    });
    const world = new World(run, clock);
    now = () => world.now();
    await run.aws.call('secretsmanager', 'PutSecretValue', {
      SecretId: SENSITIVE_SECRET,
      SecretString: randomUUID(),
    });
    return world;
  }

  async stop(): Promise<void> {
    await this.run.stop();
    rmSync(this.#clock);
  }

  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Lets time pass: whoever waits for less is due. */
  async pass(ms: number): Promise<void> {
    this.#ahead += ms;
    writeFileSync(this.#clock, String(this.#ahead));
    await this.run.hurry();
  }

  /** Waits until nobody does anything, and stays so for a moment. */
  async quiet(): Promise<void> {
    let still = 0;
    await waitFor(
      'everybody to wait',
      async () => {
        still = this.run.functions.busy || (await this.ready()) ? 0 : still + 1;
        return still >= 3;
      },
      100_000,
    );
  }

  /** Bodies of the messages of a queue that the processor knows. */
  async messages(variable: 'QUEUE_URL' | 'DLQ_URL'): Promise<string[]> {
    const url = this.run.fn('processor').environment[variable] as string;
    return (await this.run.inspect(url.split('/').at(-1) as string)).map(({ body }) => body);
  }

  /** The next call of each function is one of a cold start. */
  chill(): void {
    for (const fn of this.run.stack.functions) this.run.functions.killAll(fn);
  }

  /** No pause of an earlier event is left. */
  async unpause(): Promise<void> {
    const { pk, sk } = PAUSE_KEY;
    const TableName = this.run.fn('processor').environment.TABLE_NAME;
    await this.run.aws.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  }

  private async ready(): Promise<boolean> {
    const { QUEUE_URL } = this.run.fn('processor').environment;
    const { Attributes } = await this.run.aws.call<{ Attributes: Record<string, string> }>(
      'sqs',
      'GetQueueAttributes',
      { QueueUrl: QUEUE_URL, AttributeNames: ['ApproximateNumberOfMessages'] },
    );
    return Attributes.ApproximateNumberOfMessages !== '0';
  }
}
