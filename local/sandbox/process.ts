import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { FunctionModel } from '../template/model.ts';

/**
 * Starts a Node process for a function, with only these variables in its environment. It ends when this process does.
 * @param options.inspectPort where, on 127.0.0.1, it waits for a debugger before it runs anything
 */
export function startProcess(
  fn: FunctionModel,
  options: { bootstrap: readonly string[]; env: NodeJS.ProcessEnv; inspectPort: number | undefined },
): ChildProcessByStdio<Writable, Readable, Readable> {
  const { bootstrap, env, inspectPort } = options;
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
