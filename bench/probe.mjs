// The program of a measured process, in JavaScript so that no types are stripped in it: loads a module, reports what that cost,
// and then runs the events that it is sent. What the functions log goes nowhere.

import { subscribe } from 'node:diagnostics_channel';

const http = { calls: 0, pending: 0, rounds: 0, connections: 0 };
subscribe('net.client.socket', () => {
  http.connections += 1;
});
subscribe('http.client.request.created', () => {
  http.calls += 1;
  if (http.pending === 0) http.rounds += 1;
  http.pending += 1;
});
for (const end of ['http.client.response.finish', 'http.client.request.error'])
  subscribe(end, () => {
    http.pending -= 1;
  });

async function measure(work) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1000, wall };
}

/** Until what was begun while the module was loaded has ended: calls, and files that the SDK reads before them. */
async function settle() {
  const isBusy = () =>
    http.pending > 0 || process.getActiveResourcesInfo().some((name) => /Req|Connect/.test(name));
  for (let idle = 0; idle < 100; idle = isBusy() ? 0 : idle + 1)
    await new Promise((resolve) => setImmediate(resolve));
}

const CONTEXT = { functionName: 'bench', awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };

/** A webhook is answered with 200, no message of a batch fails, and a sweep returns nothing. */
const isAccepted = ({ statusCode = 200, batchItemFailures = [] } = {}) =>
  statusCode === 200 && batchItemFailures.length === 0;

const { result: handler, cpu, wall } = await measure(async () => (await import(process.argv[2])).handler);
const { user, system } = process.cpuUsage();
await settle();
process.send({ cpu, wall, process: (user + system) / 1000 });

process.on('message', async (events) => {
  const { calls, rounds, connections } = http;
  // What made the events, and earlier ones, is not theirs.
  globalThis.gc();
  const ran = await measure(async () => {
    const answers = [];
    for (const event of events) answers.push(await handler(event, CONTEXT));
    return answers;
  });
  const refused = ran.result.find((answer) => !isAccepted(answer));
  if (refused) throw new Error(`the handler answered ${JSON.stringify(refused)}`);
  process.send({
    cpu: ran.cpu,
    wall: ran.wall,
    calls: http.calls - calls,
    rounds: http.rounds - rounds,
    connections: http.connections - connections,
    peak: process.resourceUsage().maxRSS * 1024,
  });
});
