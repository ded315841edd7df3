import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { FunctionModel } from '../template/model.ts';

/** How a sandbox's process is started. */
export interface ProcessOptions {
  /** Program and arguments that speak the Runtime API. */
  readonly bootstrap: readonly string[];
  /** The complete environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 where the process waits for a debugger before it runs anything. */
  readonly inspectPort: number | undefined;
}

/** Starts a Node process for a function. It ends when this process does. */
export function startProcess(
  fn: FunctionModel,
  { bootstrap, env, inspectPort }: ProcessOptions,
): ChildProcessByStdio<Writable, Readable, Readable> {
  const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;
  // The managed Node.js runtime gives the heap the same share of the memory.
  const heap = `--max-old-space-size=${Math.floor(fn.memoryMb * 0.9)}`;
  const inspect = inspectPort === undefined ? [] : [`--inspect-wait=127.0.0.1:${inspectPort}`];
  const child = spawn(process.execPath, [heap, `--import=${endWithParent}`, ...inspect, ...bootstrap], {
    cwd: fn.codeDirectory,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  return child;
}
