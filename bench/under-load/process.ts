import type { Fault } from '../../local/faults/faults.ts';
import { startLocal } from '../../local/run.ts';

// A local run in a process of its own, which may be killed. Arguments: the file that synthesizes, and the folder of its state.

/** Where it can be reached. */
export interface Address {
  readonly url: string;
  readonly webhookUrl: string;
  readonly secret: string;
}

/** A fault to plant, or else the question how far it is. */
export interface Request {
  readonly fault?: Fault;
}

/** Its answer to a question. */
export interface Progress {
  /** Starts of follow-ups, with the id of the event that each follows; times in epoch milliseconds. */
  readonly starts: readonly { readonly event: string; readonly at: number }[];
  readonly isBusy: boolean;
}

const [, , app = '', folder = ''] = process.argv;
const run = await startLocal({ app, keep: { folder } });

const progress = (): Progress => ({
  starts: (run.fake?.state.runs() ?? []).map(({ id, input_values }) => ({
    event: String(input_values?.summary),
    at: run.fake?.store.addedAt.get(id) ?? Number.NaN,
  })),
  isBusy: run.isBusy(),
});

process.on('message', ({ fault }: Request) => {
  if (fault) run.faults.plant(fault);
  else process.send?.(progress());
});
// With its parent, as no one else could end it.
process.on('disconnect', () => void run.stop().then(() => process.exit()));
const address: Address = { url: run.url, webhookUrl: run.webhookUrl, secret: String(run.secret) };
process.send?.(address);
