import { afterAll, beforeAll } from 'vitest';
import { type LocalOptions, type LocalRun, startLocal } from '../../../local/run.ts';
import { engines } from '../../engines/engines.ts';
import { TEST_APP } from '../../support/test-app.ts';
import { waitFor } from './wait.ts';
import { type DeliveryOptions, deliver } from './webhooks.ts';

/** The fields of `/_local/events/<id>` that tests use. */
export interface ShownEvent {
  event_id: string;
  state: string;
  reason?: string;
  duplicate_of?: string;
  body_bytes: number;
  body_sha256: string;
  depth: number | null;
  retries: number | null;
  actions: { rule: string; kind: string; state: string; run_ids: string[]; key: string; failure: unknown }[];
}

/** A local run, seen from outside. */
export class Whole {
  readonly run: LocalRun;

  constructor(run: LocalRun) {
    this.run = run;
  }

  /** Sends a webhook signed with the endpoint's secret. */
  deliver(payload: unknown, options?: DeliveryOptions) {
    return deliver(this.run.webhookUrl, this.run.secret as string, payload, options);
  }

  async event(id: string): Promise<ShownEvent | undefined> {
    const response = await fetch(`${this.run.url}/_local/events/${encodeURIComponent(id)}`);
    return response.status === 404 ? undefined : ((await response.json()) as ShownEvent);
  }

  async body(id: string): Promise<Buffer> {
    const response = await fetch(`${this.run.url}/_local/events/${encodeURIComponent(id)}/body`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Waits until an event is finished. */
  finished(id: string, timeoutMs?: number): Promise<ShownEvent> {
    const isFinished = async () => {
      const event = await this.event(id);
      return event && !['received', 'processing'].includes(event.state) ? event : undefined;
    };
    return waitFor(`event ${id} to finish`, isFinished, timeoutMs);
  }

  /** Runs that were started for one webhook, found by a value in their inputs. */
  runsFor(summary: string) {
    return (this.run.fake?.state.runs() ?? []).filter((run) => run.input_values?.summary === summary);
  }
}

/** Starts a local run for the tests of a file, and stops it after them. */
export function useWhole(options: LocalOptions = {}): () => Whole {
  let whole: Whole;
  // CI runs the same suite with the official runtime client, and on other engines.
  const ric = process.env.RIC_DIRECTORY;
  beforeAll(async () => {
    whole = new Whole(await startLocal({ app: TEST_APP, ...(ric && { ric }), engines, ...options }));
  });
  afterAll(() => whole?.run.stop());
  return () => whole;
}
