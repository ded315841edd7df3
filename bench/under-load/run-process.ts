import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../../local/faults/faults.ts';
import type { Address, Progress, Request } from './process.ts';

const PROGRESS: Request = {};
const SCRIPT = fileURLToPath(new URL('process.ts', import.meta.url));

/** Resident memory, in MiB. */
export interface Memory {
  /** Of the local run itself, which keeps tables, messages and logs. */
  readonly run: number;
  /** Of a process of its functions, on average. */
  readonly functions: number;
}

/** A local run that can be killed and started again on what it has kept. */
export class RunProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cyberdesk-load-'));
  readonly #app: string;
  #child: ChildProcess | undefined;
  #address: Address | undefined;

  /** @param app absolute path of the file that synthesizes */
  constructor(app: string) {
    this.#app = app;
  }

  /** Undefined while no process runs. */
  get address(): Address | undefined {
    return this.#address;
  }

  async start(): Promise<void> {
    this.#child = fork(SCRIPT, [this.#app, this.#folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    [this.#address] = await once(this.#child, 'message');
  }

  /** Ends the process without a chance to put anything in order. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#address = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async progress(): Promise<Progress> {
    const child = this.#child;
    if (!child) return { starts: [], isBusy: true };
    child.send(PROGRESS);
    return (await once(child, 'message'))[0];
  }

  /** Not over HTTP: the port is under load, and a connection to it may fail. */
  plant(fault: Fault): void {
    this.#child?.send({ fault } satisfies Request);
  }

  /** Undefined while it has no functions. */
  memory(): Memory | undefined {
    const pid = this.#child?.pid;
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
    const processes = table
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    const rss = (column: number) =>
      processes.flatMap((row) => (row[column] === pid ? [(row[2] ?? 0) / 1024] : []));
    const [[run], functions] = [rss(0), rss(1)];
    if (run === undefined || functions.length === 0) return undefined;
    return { run, functions: functions.reduce((sum, one) => sum + one, 0) / functions.length };
  }
}
