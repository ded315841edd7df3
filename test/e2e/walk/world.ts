import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { startLocal } from '../../../local/run.ts';
import { engines } from '../../engines/engines.ts';
import { ARCHIVE } from '../deliver/outside.ts';
import { Whole } from '../kit/local-run.ts';
import { waitFor } from '../kit/wait.ts';
import { SENSITIVE_SECRET } from './app/sensitive.ts';

const APP = fileURLToPath(new URL('app/app.ts', import.meta.url));
/** Lifetime of an idempotency key, and the time until a run is listed: the least that the product assumes of Cyberdesk. */
const ASSUMED_MS = 70_000;
const LATER = new URL('later.mjs', import.meta.url).href;

/**
 * A local run in which time passes only when everything is idle: the functions and the API share a clock that is moved
 * forward, and hidden messages become visible when it is. A wait of minutes costs no time.
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
      engines,
      environment: {
        NODE_OPTIONS: `--enable-source-maps --import=${LATER}?clock=${encodeURIComponent(clock)}`,
      },
      redeliverySeconds: 'queue',
      sandboxLimit: 2,
      fake: { now: () => now(), keyLifetimeMs: ASSUMED_MS, listDelayMs: ASSUMED_MS },
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

  /** Moves the clock forward, and makes hidden messages visible. */
  async pass(ms: number): Promise<void> {
    this.#ahead += ms;
    writeFileSync(this.#clock, String(this.#ahead));
    await this.run.hurry();
  }

  /** Waits until nothing happens and, for a few checks, nothing starts. */
  async quiet(): Promise<void> {
    let quietChecks = 0;
    await waitFor('everything to be idle', async () => {
      quietChecks = this.run.isBusy() || (await this.#hasVisibleMessages()) ? 0 : quietChecks + 1;
      return quietChecks >= 3;
    });
  }

  /** Bodies of the messages in a queue of the processor. */
  async messages(variable: 'QUEUE_URL' | 'DLQ_URL'): Promise<string[]> {
    const url = this.run.fn('processor').environment[variable] as string;
    return (await this.run.inspect(url.split('/').at(-1) as string)).map(({ body }) => body);
  }

  /** Bodies of the messages in the queue that events are delivered to. */
  async archived(): Promise<string[]> {
    return (await this.run.inspect(ARCHIVE.split(':').at(-1) ?? '')).map(({ body }) => body);
  }

  /** Makes the next invocation of each function a cold start. */
  chill(): void {
    for (const fn of this.run.stack.functions) this.run.functions.killAll(fn);
  }

  /** Removes a pause that an earlier event left behind. */
  async unpause(): Promise<void> {
    const { pk, sk } = PAUSE_KEY;
    const TableName = this.run.fn('processor').environment.TABLE_NAME;
    await this.run.aws.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  }

  async #hasVisibleMessages(): Promise<boolean> {
    const { QUEUE_URL } = this.run.fn('processor').environment;
    const { Attributes } = await this.run.aws.call<{ Attributes: Record<string, string> }>(
      'sqs',
      'GetQueueAttributes',
      { QueueUrl: QUEUE_URL, AttributeNames: ['ApproximateNumberOfMessages'] },
    );
    return Attributes.ApproximateNumberOfMessages !== '0';
  }
}
