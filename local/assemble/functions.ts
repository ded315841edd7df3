import { availableParallelism } from 'node:os';
import { EventBuses } from '../emulators/event-buses.ts';
import { Outside } from '../emulators/outside.ts';
import { Routed } from '../emulators/routed.ts';
import type { Services } from '../emulators/services.ts';
import { InvalidSettingError } from '../errors.ts';
import { Faults } from '../faults/faults.ts';
import { CallLog } from '../front/call-log.ts';
import { neededGrants } from '../front/grants.ts';
import { IamAuthorizer } from '../front/iam.ts';
import { Identities } from '../front/identities.ts';
import type { LocalOptions } from '../options.ts';
import type { RunState } from '../running.ts';
import { functionOverrides } from '../sandbox/environment.ts';
import { Functions } from '../sandbox/functions.ts';
import { Invocations } from '../sandbox/invocations.ts';
import { createSandbox } from '../sandbox/launcher.ts';
import { errorOf } from '../sandbox/logs.ts';
import type { FunctionModel, StackModel } from '../template/model.ts';
import type { Foundation, Reporting } from './foundation.ts';

/** A few warm sandboxes do more than many cold ones that share the same cores. */
const DEFAULT_SANDBOX_LIMIT = Math.max(4, 2 * availableParallelism());
const DEFAULT_IDLE_MS = 60_000;

/** The functions, and the front that answers their AWS calls. */
export function runFunctions(
  { options, awsFront, awsUrl, cyberdesk, synthesized }: Foundation,
  { backend, stack }: Services,
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
    onFailure: (fn) => logs.count(errorOf(fn)),
  });
  const outside = new Outside();
  const invoke = (fn: FunctionModel, payload: Buffer) => functions.invoke(fn, payload);
  const lambda = new Invocations({ functions: stack.functions, invoke, outside });
  awsFront.open({
    identities,
    authorizer,
    faults,
    backend: new Routed({ lambda, events: new EventBuses(outside) }, backend),
    needed: (request) => neededGrants(stack, request),
    kill,
    onCall: (request, caller, response) => calls.record(request, caller, response),
  });
  const { report: grants } = authorizer;
  const { fake } = cyberdesk;
  const state = { stack, cached: synthesized.cached, faults, functions, logs, calls, outside, grants, fake };
  const found = {
    fn: (label: string) => functionOf(stack, label),
    overridesOf: (fn: FunctionModel) => functionOverrides(fn, environment),
  };
  return { state: { ...state, ...found }, identities, authorizer };
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
  throw new InvalidSettingError(`LOCAL_DEBUG "${debug.label}" is not a function of the stack`, {
    next: `use one of ${labels.join(', ')}`,
  });
}
