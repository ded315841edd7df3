/** What has left for something that does not run here: an event bus, or a function of another stack. */
export interface OutsideDelivery {
  /** Epoch milliseconds. */
  readonly time: number;
  /** ARN or name, as the caller gave it. */
  readonly to: string;
  /** Of a bus: `Source` and `DetailType`. */
  readonly source: string | undefined;
  readonly type: string | undefined;
  /** The payload of a function, or the detail of an entry. */
  readonly body: string;
}

/** Keeps a run of several days from filling the memory. */
const KEPT = 1000;

/** Keeps the latest of what has left. */
export class Outside {
  readonly deliveries: OutsideDelivery[] = [];

  record(to: string, body: string, { source, type }: { source?: string; type?: string } = {}): void {
    this.deliveries.push({ time: Date.now(), to, source, type, body });
    if (this.deliveries.length > KEPT) this.deliveries.shift();
  }
}
