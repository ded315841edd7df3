// The program of a measured process, in JavaScript so that no types are stripped in it: loads a module, reports what that cost,
// and then runs the events that it is sent. It writes nothing but its reports; what the functions log goes nowhere.

import { subscribe } from 'node:diagnostics_channel';

const http = { begun: 0, pending: 0, rounds: 0, connections: 0 };
subscribe('net.client.socket', () => {
  http.connections += 1;
});
subscribe('http.client.request.created', () => {
  http.begun += 1;
  // Calls that are in flight together are one round: only the longest of them is waited for.
  if (http.pending === 0) http.rounds += 1;
  http.pending += 1;
});
for (const end of ['http.client.response.finish', 'http.client.request.error'])
  subscribe(end, () => {
    http.pending -= 1;
  });

/** CPU of all threads of the process and time, in milliseconds. */
async function measure(work) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1000, wall };
}

/** Until the calls that were begun while the module was loaded have been answered. */
async function settle() {
  for (let idle = 0; idle < 100; idle = http.pending === 0 ? idle + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve));
}

const CONTEXT = {
  functionName: 'bench',
  functionVersion: '1',
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => 60_000,
};

const { result: handler, cpu, wall } = await measure(async () => (await import(process.argv[2])).handler);
const { user, system } = process.cpuUsage();
await settle();
process.send({ cpu, wall, process: (user + system) / 1000, begun: http.begun });

process.on('message', async (events) => {
  const before = { ...http };
  // What made the events, and earlier ones, is not theirs.
  globalThis.gc();
  const ran = await measure(async () => {
    const answers = [];
    for (const event of events) answers.push(await handler(event, CONTEXT));
    return answers;
  });
  process.send({
    answers: ran.result,
    cpu: ran.cpu,
    wall: ran.wall,
    calls: http.begun - before.begun,
    rounds: http.rounds - before.rounds,
    connections: http.connections - before.connections,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  });
});
