import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { runComplete } from './kit/webhooks.ts';

const SOURCE = fileURLToPath(new URL('../../lambda/verifier/verifier.ts', import.meta.url));
const whole = useWhole({ debug: { label: 'verifier', port: 0 } });

interface Message {
  readonly method: string;
  readonly params: { readonly callFrames: readonly { readonly location: { readonly lineNumber: number } }[] };
}

/** The part of the inspector protocol that a debugger uses to stop at a line. */
async function attach(url: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.close());
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const events: Message[] = [];
  const replies = new Map<number, (result: { breakpointId?: string }) => void>();
  let sent = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.id === undefined) events.push(message);
    else replies.get(message.id)?.(message.result);
  });
  const send = (method: string, params: object = {}) => {
    sent += 1;
    socket.send(JSON.stringify({ id: sent, method, params }));
    return new Promise<{ breakpointId?: string }>((resolve) => replies.set(sent, resolve));
  };
  return {
    send,
    event: (method: string) => waitFor(method, () => events.find((one) => one.method === method)),
  };
}

/** Where a line of a source is in a bundle, by the bundle's source map. */
function generatedPosition(bundle: string, source: string, line: number) {
  const map = JSON.parse(readFileSync(`${bundle}.map`, 'utf8'));
  const index = map.sources.findIndex((path: string) => join(bundle, '..', path) === source);
  let [sourceIndex, sourceLine] = [0, 0];
  for (const [lineNumber, segments] of map.mappings.split(';').entries()) {
    let columnNumber = 0;
    for (const segment of segments === '' ? [] : segments.split(',')) {
      const [column = 0, nextSource = 0, nextLine = 0] = decode(segment);
      columnNumber += column;
      sourceIndex += nextSource;
      sourceLine += nextLine;
      if (sourceIndex === index && sourceLine === line) return { lineNumber, columnNumber };
    }
  }
  throw new Error(`the source map of ${bundle} has no line ${line} of ${source}`);
}

/** The numbers of a source map segment, which are base64 VLQ. */
function decode(segment: string): number[] {
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

it('a debugger stops at a breakpoint in lambda/verifier/verifier.ts, and the webhook is answered after it resumes', async () => {
  const { run } = whole();
  const line = readFileSync(SOURCE, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('await authenticate('));
  expect(line, 'the line to stop at').toBeGreaterThan(0);
  const bundle = join(run.fn('verifier').codeDirectory, 'index.mjs');

  const answer = whole().deliver(runComplete());
  const url = await waitFor('the debugger to listen', () =>
    run.logs.lines.map(({ text }) => /ws:\/\/127\.0\.0\.1:\S+/.exec(text)?.[0]).find(Boolean),
  );
  const { send, event } = await attach(url);
  await send('Debugger.enable');
  const { lineNumber, columnNumber } = generatedPosition(bundle, SOURCE, line);
  const breakpoint = await send('Debugger.setBreakpointByUrl', {
    url: pathToFileURL(bundle).href,
    lineNumber,
    columnNumber,
  });
  await send('Runtime.runIfWaitingForDebugger');

  const paused = await event('Debugger.paused');
  expect(paused.params).toMatchObject({ hitBreakpoints: [breakpoint.breakpointId] });
  expect(paused.params.callFrames[0]?.location.lineNumber).toBe(lineNumber);
  await send('Debugger.resume');
  expect((await answer).status).toBe(200);
});
