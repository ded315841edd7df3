import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CyberdeskProxy } from '../faults/cyberdesk-proxy.ts';
import type { Faults } from '../faults/faults.ts';
import { lambdaGrants } from '../front/grants.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { Identities } from '../front/identities.ts';
import type { FunctionModel, StackModel } from '../template/model.ts';
import { API_URL, environmentOf, functionOverrides } from './environment.ts';
import type { LaunchDeps } from './functions.ts';
import type { FunctionLogs } from './logs.ts';
import { Sandbox } from './sandbox.ts';

/** The built-in client of the Runtime API. */
const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

export interface LauncherDeps {
  readonly stack: StackModel;
  readonly awsUrl: string;
  readonly identities: Identities;
  readonly authorizer: IamAuthorizer;
  readonly cyberdeskUrl: string;
  readonly faults: Faults;
  readonly logs: FunctionLogs;
  /** Values that replace variables of the template. */
  readonly environment: Readonly<Record<string, string>>;
  /** Directory of `aws-lambda-ric`; undefined for the built-in client. */
  readonly ric: string | undefined;
  kill(sandbox: string): void;
  warn(text: string): void;
}

/** Makes a sandbox with credentials, an environment and a proxy to Cyberdesk of its own. */
export function createSandbox(
  deps: LauncherDeps,
  id: string,
  fn: FunctionModel,
  launch: LaunchDeps,
): Sandbox {
  const { stack, identities, faults, logs } = deps;
  const credentials = identities.issue({ kind: 'function', fn, sandbox: id });
  const kill = () => deps.kill(id);
  const proxy =
    fn.environment[API_URL] === undefined
      ? undefined
      : new CyberdeskProxy({ target: deps.cyberdeskUrl, faults, caller: fn.label, kill });
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
  let listening: Promise<string> | undefined;
  warnOfMissingGrants(deps, fn, logStream);
  return new Sandbox(id, fn, {
    ...launch,
    logs,
    bootstrap: deps.ric === undefined ? [BOOTSTRAP] : [join(deps.ric, 'index.mjs'), fn.handler],
    onEnd() {
      identities.revoke(credentials);
      // A proxy that could not listen has nothing to close, and the sandbox has failed with its error.
      listening?.then(
        () => proxy?.close(),
        () => undefined,
      );
      launch.onEnd();
    },
    async environment(runtimeApi) {
      listening = proxy?.listen();
      const overrides = functionOverrides(fn, deps.environment);
      return environmentOf(fn, {
        region: stack.region,
        runtimeApi,
        awsUrl: deps.awsUrl,
        logStream,
        credentials,
        overrides: listening ? { ...overrides, [API_URL]: await listening } : overrides,
      });
    },
  });
}

/** Logs and traces are sent under the function's role too, although no such call is seen here. */
function warnOfMissingGrants(
  { stack, authorizer, warn }: LauncherDeps,
  fn: FunctionModel,
  logStream: string,
): void {
  for (const grants of lambdaGrants(stack, fn, logStream)) {
    authorizer.authorize(fn, grants).then(
      (denial) => denial && warn(`${denial}; in AWS its logs, metrics or traces would be missing`),
      (error: Error) => warn(error.message),
    );
  }
}
