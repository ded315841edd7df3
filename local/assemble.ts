import { availableParallelism } from 'node:os';
import type { Cleanup } from './cleanup.ts';
import type { Cyberdesk } from './cyberdesk.ts';
import { seedSecrets } from './emulators/seed.ts';
import { type Services, startServices } from './emulators/services.ts';
import { expireItems } from './emulators/time-to-live.ts';
import { InvalidSettingError } from './errors.ts';
import { Schedules } from './event-source/schedule.ts';
import { eventSources } from './event-source/start.ts';
import { Faults } from './faults/faults.ts';
import { CallLog } from './front/call-log.ts';
import type { AwsFront } from './front/front.ts';
import { neededGrants } from './front/grants.ts';
import { IamAuthorizer } from './front/iam.ts';
import { Identities } from './front/identities.ts';
import type { LocalOptions } from './options.ts';
import type { LocalRun, RunAddress, RunServices, RunState } from './running.ts';
import { Functions } from './sandbox/functions.ts';
import { createSandbox } from './sandbox/launcher.ts';
import { FunctionLogs } from './sandbox/logs.ts';
import { readStack } from './template/index.ts';
import type { FunctionModel, StackModel } from './template/model.ts';
import type { Synthesized } from './template/synth.ts';

/** A few warm sandboxes do more than many cold ones that share the same cores. */
const DEFAULT_SANDBOX_LIMIT = Math.max(4, 2 * availableParallelism());
const DEFAULT_IDLE_MS = 60_000;
/** DynamoDB takes up to days, which is too long for a local run. */
const EXPIRY_INTERVAL_MS = 60_000;

/** What is up before the parts of the stack are created. */
export interface Foundation {
  readonly options: LocalOptions;
  readonly address: Omit<RunAddress, 'webhookUrl'>;
  readonly awsFront: AwsFront;
  readonly awsUrl: string;
  readonly cyberdesk: Cyberdesk;
  readonly stage: string;
  readonly synthesized: Synthesized;
  readonly cleanup: Cleanup;
}

/** Everything but the HTTP front, which {@link LocalRun} adds. */
export type AssembledRun = Omit<LocalRun, 'use' | 'stop'>;

/** Creates the parts of the stack and connects them. */
export async function assemble(foundation: Foundation): Promise<AssembledRun> {
  const { options, address, awsUrl, stage, synthesized } = foundation;
  const { directory } = synthesized;
  const services = await startServices({ directory, stage, awsUrl, endpoint: options.awsEndpoint });
  const stack = readStack(services.reader, services.assembled, services.data);
  const { secret: webhookSecret, apiKey } = address;
  await seedSecrets(stack.functions, services.aws, { webhookSecret, apiKey });

  const logs = new FunctionLogs();
  const warn = warnOnce(logs);
  const { state, identities, authorizer } = runFunctions(foundation, services, stack, { logs, warn });
  const triggers = startTriggers(foundation, services, { ...state, authorizer, warn });
  const [route] = stack.routes;
  return {
    ...address,
    webhookUrl: `${address.url}${route?.key.split(' ')[1] ?? '/'}`,
    ...state,
    ...dataOf(services, stack, foundation.cleanup, warn),
    awsUrl,
    credentials: identities.operator,
    ...triggers,
  };
}

interface Reporting {
  readonly logs: FunctionLogs;
  warn(text: string): void;
}

/** Writes each warning once, as a log line of the local run itself. */
function warnOnce(logs: FunctionLogs): Reporting['warn'] {
  const warned = new Set<string>();
  return (text) => {
    if (warned.has(text)) return;
    warned.add(text);
    logs.write({ time: Date.now(), function: 'local', sandbox: '-', source: 'platform', text });
  };
}

/** The functions, and the front that answers their AWS calls. */
function runFunctions(
  { options, awsFront, awsUrl, cyberdesk, synthesized }: Foundation,
  { backend }: Services,
  stack: StackModel,
  { logs, warn }: Reporting,
): { state: RunState; identities: Identities; authorizer: IamAuthorizer } {
  const faults = new Faults();
  const calls = new CallLog();
  const identities = new Identities();
  const authorizer = new IamAuthorizer(stack);
  const kill = (sandbox: string) => functions.kill(sandbox);
  const { environment = {}, ric } = options;
  const shared = { stack, awsUrl, identities, authorizer, faults, logs, warn, kill, environment, ric };
  const launcher = { ...shared, cyberdeskUrl: cyberdesk.url };
  const functions = new Functions({
    functions: stack.functions,
    limit: options.sandboxLimit ?? DEFAULT_SANDBOX_LIMIT,
    idleMs: options.sandboxIdleMs ?? DEFAULT_IDLE_MS,
    debug: debugOf(options, stack),
    create: (id, fn, deps) => createSandbox(launcher, id, fn, deps),
    warn,
  });
  awsFront.open({
    identities,
    authorizer,
    faults,
    backend,
    needed: (request) => neededGrants(stack, request),
    kill,
    onCall: (request, caller, response) => calls.record(request, caller, response),
  });
  const { report: grants } = authorizer;
  const { fake } = cyberdesk;
  const state = { stack, cached: synthesized.cached, faults, functions, logs, calls, grants, fake };
  return { state: { ...state, fn: (label) => functionOf(stack, label) }, identities, authorizer };
}

function functionOf({ functions }: StackModel, label: string): FunctionModel {
  const found = functions.find((fn) => fn.label === label);
  if (found) return found;
  throw new Error(`the stack has no function "${label}"`);
}

/** @throws InvalidSettingError when the stack has no function of that label */
function debugOf({ debug }: LocalOptions, stack: StackModel): LocalOptions['debug'] {
  const labels = stack.functions.map(({ label }) => label);
  if (debug === undefined || labels.includes(debug.label)) return debug;
  throw new InvalidSettingError(
    `LOCAL_DEBUG "${debug.label}" is not a function of the stack: use one of ${labels.join(', ')}`,
  );
}

/** Event sources and schedules. */
function startTriggers(
  { options, cleanup }: Foundation,
  services: Services,
  parts: Pick<RunState, 'stack' | 'functions' | 'faults'> & {
    authorizer: IamAuthorizer;
    warn: Reporting['warn'];
  },
): Pick<LocalRun, 'isBusy' | 'sweep'> {
  const { stack, functions, faults, authorizer, warn } = parts;
  const { aws, longPollSeconds, backend } = services;
  const { redeliverySeconds, triggers = true } = options;
  const deps = { stack, aws, authorizer, functions, faults, warn, longPollSeconds, redeliverySeconds };
  const pollers = eventSources(deps);
  const schedules = new Schedules(stack, (fn, payload) => functions.invoke(fn, payload));
  if (triggers) {
    for (const poller of pollers) poller.start();
    schedules.start();
  }
  // Undone in reverse order: no new work, then the sandboxes, then what they call.
  const stopPolling = () => Promise.all(pollers.map((poller) => poller.stop()));
  const closeBackend = () => backend.close();
  // The built-in queues cancel their long polls when they close; an external emulator is left when polling has ended.
  const isBuiltIn = options.awsEndpoint === undefined;
  for (const step of isBuiltIn ? [stopPolling, closeBackend] : [closeBackend, stopPolling]) cleanup.add(step);
  cleanup.add(() => functions.stop());
  cleanup.add(() => {
    for (const poller of pollers) poller.end();
    schedules.stop();
  });
  return {
    isBusy: () => functions.busy || pollers.some((poller) => poller.busy),
    sweep: () => schedules.runNow(),
  };
}

/** Access to the data of the stack, whose items expire every minute. */
function dataOf(
  { aws, data, inspect, hurry }: Services,
  stack: StackModel,
  cleanup: Cleanup,
  warn: Reporting['warn'],
): Pick<RunServices, 'aws' | 'inspect' | 'hurry' | 'expire'> {
  const expire = async (nowSeconds = Date.now() / 1000) => {
    const counts = await Promise.all(data.tables.map((table) => expireItems(aws, table, nowSeconds)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const expiry = setInterval(
    () => void expire().catch((error: Error) => warn(error.message)),
    EXPIRY_INTERVAL_MS,
  );
  expiry.unref();
  cleanup.add(() => clearInterval(expiry));
  const sources = new Set(stack.eventSources.map(({ queueArn }) => queueArn));
  const queues = data.queues.filter(({ arn }) => sources.has(arn));
  return {
    aws,
    inspect,
    expire,
    async hurry() {
      await Promise.all(queues.map(({ url }) => hurry(url)));
    },
  };
}
