import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ShownEvent } from '../kit/local-run.ts';
import { waitFor } from '../kit/wait.ts';
import type { Address } from './address.ts';

const SCRIPT = fileURLToPath(new URL('process.ts', import.meta.url));

/** State in a temporary folder, and at most one process at a time that runs on it. */
export class RunProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'cyberdesk-state-'));
  readonly #clock = `${this.folder}.clock`;
  #child: ChildProcess | undefined;
  #address: Address | undefined;

  get address(): Address {
    if (!this.#address) throw new Error('the run was not started');
    return this.#address;
  }

  async start(): Promise<void> {
    writeFileSync(this.#clock, '0');
    this.#child = fork(SCRIPT, [this.folder, this.#clock], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    [this.#address] = await once(this.#child, 'message');
  }

  /** Ends the process without a chance to put anything in order. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#clock, { force: true });
  }

  async get<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`${this.address.url}/_local/${path}`);
    return response.status === 404 ? undefined : ((await response.json()) as T);
  }

  /** Waits until these events are finished; time passes whenever a claim or a wait is in the way. */
  async finished(ids: readonly string[]): Promise<ShownEvent[]> {
    const shown = new Map<string, ShownEvent>();
    await waitFor('the events to finish', async () => {
      for (const id of ids) {
        const event = shown.has(id) ? undefined : await this.get<ShownEvent>(`events/${id}`);
        if (event && event.state !== 'received') shown.set(id, event);
      }
      if (shown.size < ids.length) this.#child?.send(20_000);
      return shown.size === ids.length;
    });
    return [...shown.values()];
  }

  /** Runs at the fake API, as often as each summary is among their inputs. */
  async runsBySummary(): Promise<Map<unknown, number>> {
    const response = await fetch(`${this.address.cyberdeskUrl}/_control/state`);
    const { runs } = (await response.json()) as { runs: { input_values: { summary?: unknown } | null }[] };
    const summaries = runs.map(({ input_values }) => input_values?.summary);
    return new Map(
      [...new Set(summaries)].map((one) => [one, summaries.filter((each) => each === one).length]),
    );
  }
}
