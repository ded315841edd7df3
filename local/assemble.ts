import { availableParallelism } from 'node:os';
import { CallLog } from './aws/call-log.ts';
import { cyberdeskTarget } from './aws/cyberdesk-proxy.ts';
import { Faults } from './aws/faults.ts';
import type { AwsFront } from './aws/front.ts';
import { GrantFinder } from './aws/grants.ts';
import { IamAuthorizer } from './aws/iam.ts';
import { Identities } from './aws/identities.ts';
import { startServices } from './aws/services.ts';
import { expireItems } from './aws/time-to-live.ts';
import type { Cleanup } from './cleanup.ts';
import type { Cyberdesk } from './cyberdesk.ts';
import { eventSources } from './event-source/start.ts';
import type { HttpFront } from './http/front.ts';
import { Functions } from './lambda/functions.ts';
import { FunctionLogs } from './lambda/logs.ts';
import type { LocalOptions } from './options.ts';
import { functionOverrides } from './overrides.ts';
import type { LocalRun } from './running.ts';
import { Schedules } from './schedule.ts';
import { seedSecrets } from './seed.ts';
import { readStack } from './template/index.ts';
import { findFunction } from './template/read-functions.ts';
import type { Synthesized } from './template/synth.ts';

/** Few warm sandboxes do more than many cold ones where all share the same cores. */
const defaultSandboxLimit = Math.max(4, 2 * availableParallelism());
const defaultIdleMs = 60_000;
/** DynamoDB takes up to days; nobody waits that long here. */
const expiryIntervalMs = 60_000;

/** What is up already when the stack's own parts are made. */
export interface Ground {
  readonly options: LocalOptions;
  readonly secret: string | null;
  readonly apiKey: string | null;
  readonly url: string;
  readonly front: HttpFront;
  readonly awsFront: AwsFront;
  readonly awsUrl: string;
  readonly cyberdesk: Cyberdesk;
  readonly stage: string;
  readonly synthesized: Synthesized;
  readonly cleanup: Cleanup;
}

/** Brings the stack's parts to life and connects them. */
export async function assemble(ground: Ground): Promise<LocalRun> {
  const { options, cleanup, awsUrl, awsFront, cyberdesk } = ground;
  const services = await startServices({
    directory: ground.synthesized.directory,
    stage: ground.stage,
    awsUrl,
    endpoint: options.awsEndpoint,
  });
  const { backend, aws, data } = services;
  const stack = readStack(services.reader, services.assembled, data);
  await seedSecrets(stack.functions, aws, { webhookSecret: ground.secret, apiKey: ground.apiKey });

  const logs = new FunctionLogs();
  const warned = new Set<string>();
  const warn = (text: string) => {
    if (warned.has(text)) return;
    warned.add(text);
    logs.write({ time: Date.now(), function: 'local', sandbox: '-', source: 'platform', text });
  };
  const faults = new Faults();
  const identities = new Identities();
  const authorizer = new IamAuthorizer(stack);
  const calls = new CallLog();
  const functions = new Functions({
    stack,
    awsUrl,
    identities,
    authorizer,
    faults,
    logs,
    warn,
    cyberdesk: cyberdeskTarget(cyberdesk.url),
    overrides: (fn) => functionOverrides(fn, options.environment ?? {}),
    limit: options.sandboxLimit ?? defaultSandboxLimit,
    idleMs: options.sandboxIdleMs ?? defaultIdleMs,
    ric: options.ric,
  });
  awsFront.open({
    identities,
    authorizer,
    faults,
    backend,
    grants: new GrantFinder(stack),
    kill: (sandbox) => functions.kill(sandbox),
    onCall: (request, caller, response) => calls.record(request, caller, response),
  });

  const pollers = eventSources({
    stack,
    aws,
    authorizer,
    functions,
    faults,
    warn,
    longPollSeconds: services.longPollSeconds,
    redeliverySeconds: options.redeliverySeconds,
  });
  const targets = stack.schedules.map((schedule) => ({
    schedule,
    fn: findFunction(stack.functions, schedule.functionArn),
  }));
  const schedules = new Schedules(targets, (fn, payload) => functions.invoke(fn, payload));
  const expire = async (nowSeconds = Date.now() / 1000) => {
    const counts = await Promise.all(data.tables.map((table) => expireItems(aws, table, nowSeconds)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const expiry = setInterval(
    () => void expire().catch((error: Error) => warn(error.message)),
    expiryIntervalMs,
  );
  expiry.unref();
  if (options.triggers ?? true) {
    for (const poller of pollers) poller.start();
    schedules.start();
  }

  // Undone from the last to the first: no new work, then the sandboxes, then what they call.
  const closing = () => backend.close();
  const pollersStop = () => Promise.all(pollers.map((poller) => poller.stop()));
  // The built-in queues call off their long polls when they close.
  const [last, before] = options.awsEndpoint === undefined ? [pollersStop, closing] : [closing, pollersStop];
  cleanup.add(last);
  cleanup.add(before);
  cleanup.add(() => functions.stop());
  cleanup.add(() => {
    for (const poller of pollers) poller.end();
    schedules.stop();
    clearInterval(expiry);
  });

  const [route] = stack.routes;
  const fn = (label: string) => {
    const found = stack.functions.find((one) => one.label === label);
    if (!found) throw new Error(`The stack has no function "${label}".`);
    return found;
  };
  return {
    url: ground.url,
    webhookUrl: `${ground.url}${route?.key.split(' ')[1] ?? '/'}`,
    secret: ground.secret,
    apiKey: ground.apiKey,
    stack,
    cached: ground.synthesized.cached,
    awsUrl,
    credentials: identities.operator,
    credentialsOf: (label) => identities.issue({ kind: 'function', fn: fn(label), sandbox: 'none' }),
    aws,
    inspect: services.inspect,
    faults,
    functions,
    logs,
    calls,
    grants: authorizer.report,
    cyberdeskUrl: cyberdesk.url,
    fake: cyberdesk.fake,
    fn,
    sweep: () => schedules.runNow(),
    expire,
    pause() {
      for (const poller of pollers) poller.pause();
    },
    resume() {
      for (const poller of pollers) poller.unpause();
    },
    async hurry() {
      const isSource = new Set(stack.eventSources.map((source) => source.queueArn));
      const queues = stack.data.queues.filter(({ arn }) => isSource.has(arn));
      await Promise.all(queues.map(({ url }) => services.hurry(url)));
    },
    use: (handler) => ground.front.useFirst(handler),
    stop: () => cleanup.run(),
  };
}
