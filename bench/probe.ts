import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A module with a handler, and the process that it is measured in. */
export interface Subject {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** All that the process has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
}

/** Milliseconds: CPU, user and system, of all threads of the process; and time. */
interface Measured {
  readonly cpu: number;
  readonly wall: number;
}

export interface Loaded extends Measured {
  /** CPU of the process since it was started, milliseconds. */
  readonly process: number;
}

export interface Ran extends Measured {
  readonly calls: number;
  /** How often calls were waited for: those in flight together count once. */
  readonly rounds: number;
  readonly connections: number;
  /** Most memory that the process has ever had resident, in bytes. */
  readonly peak: number;
}

/** A process that has loaded a module. */
export interface Probe {
  readonly loaded: Loaded;
  /** Runs events one after the other. @throws ProbeError when one is not accepted: a handler that refuses is fast */
  run(events: readonly unknown[]): Promise<Ran>;
  end(): void;
}

/** A measured module does not do what it is measured for. */
export class ProbeError extends Error {
  override name = 'ProbeError';
}

/** @throws ProbeError when the module cannot be loaded */
export async function startProbe({ name, file, env, memoryMb }: Subject): Promise<Probe> {
  const program = fileURLToPath(new URL('probe.mjs', import.meta.url));
  // The share of the memory that the heap has in Lambda, too.
  const flags = [`--max-old-space-size=${Math.floor(memoryMb * 0.9)}`, '--expose-gc'];
  const child = spawn(process.execPath, [...flags, program, file], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new ProbeError(`the process of ${name} ended with ${code}: ${complaint}`);
  });
  ended.catch(() => {});
  const report = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  return {
    loaded: await report(),
    run(events) {
      child.send([...events]);
      return report();
    },
    end: () => void child.kill(),
  };
}
