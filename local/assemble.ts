import { availableParallelism } from 'node:os';
import type { Cleanup } from './cleanup.ts';
import type { Cyberdesk } from './cyberdesk.ts';
import { seedSecrets } from './emulators/seed.ts';
import { startServices } from './emulators/services.ts';
import { expireItems } from './emulators/time-to-live.ts';
import { Schedules } from './event-source/schedule.ts';
import { eventSources } from './event-source/start.ts';
import { cyberdeskTarget } from './faults/cyberdesk-proxy.ts';
import { Faults } from './faults/faults.ts';
import { CallLog } from './front/call-log.ts';
import type { AwsFront } from './front/front.ts';
import { GrantFinder } from './front/grants.ts';
import { IamAuthorizer } from './front/iam.ts';
import { Identities } from './front/identities.ts';
import type { HttpFront } from './http/front.ts';
import type { LocalOptions } from './options.ts';
import type { LocalRun } from './running.ts';
import { Functions } from './sandbox/functions.ts';
import { FunctionLogs } from './sandbox/logs.ts';
import { functionOverrides } from './sandbox/overrides.ts';
import { readStack } from './template/index.ts';
import { findFunction } from './template/read-functions.ts';
import type { Synthesized } from './template/synth.ts';

/** Few warm sandboxes do more than many cold ones where all share the same cores. */
const DEFAULT_SANDBOX_LIMIT = Math.max(4, 2 * availableParallelism());
const DEFAULT_IDLE_MS = 60_000;
/** DynamoDB takes up to days; nobody waits that long here. */
const EXPIRY_INTERVAL_MS = 60_000;

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
    limit: options.sandboxLimit ?? DEFAULT_SANDBOX_LIMIT,
    idleMs: options.sandboxIdleMs ?? DEFAULT_IDLE_MS,
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
    EXPIRY_INTERVAL_MS,
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
  return {
    url: ground.url,
    webhookUrl: `${ground.url}${route?.key.split(' ')[1] ?? '/'}`,
    secret: ground.secret,
    apiKey: ground.apiKey,
    stack,
    cached: ground.synthesized.cached,
    awsUrl,
    credentials: identities.operator,
    aws,
    inspect: services.inspect,
    faults,
    functions,
    logs,
    calls,
    grants: authorizer.report,
    cyberdeskUrl: cyberdesk.url,
    fake: cyberdesk.fake,
    fn(label) {
      const found = stack.functions.find((fn) => fn.label === label);
      if (!found) throw new Error(`The stack has no function "${label}".`);
      return found;
    },
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
