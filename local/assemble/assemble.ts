import { randomUUID } from 'node:crypto';
import { currentValue, seedNamedSecrets, seedSecrets } from '../emulators/seed.ts';
import { type Services, startServices } from '../emulators/services.ts';
import { expireItems } from '../emulators/time-to-live.ts';
import type { LocalRun, RunServices } from '../running.ts';
import { FunctionLogs } from '../sandbox/logs.ts';
import type { FunctionModel, PolicyStatement } from '../template/model.ts';
import { writeSourceMap } from '../template/source-map.ts';
import type { Cleanup, Foundation, Reporting } from './foundation.ts';
import { runFunctions } from './functions.ts';
import { startTriggers } from './triggers.ts';

/** DynamoDB takes up to days, which is too long for a local run. */
const EXPIRY_INTERVAL_MS = 60_000;

/** Everything but the HTTP front, which {@link LocalRun} adds. */
export type AssembledRun = Omit<LocalRun, 'use' | 'stop'>;

/** Creates the parts of the stack and connects them. */
export async function assemble(foundation: Foundation): Promise<AssembledRun> {
  const { options, awsUrl, stage, state: kept, synthesized } = foundation;
  const services = await startServices(synthesized.directory, stage, awsUrl, { ...options, state: kept });
  try {
    return await connect(foundation, services);
  } catch (error) {
    // What ran before may be started again over the same files.
    await services.backend.close();
    throw error;
  }
}

async function connect(foundation: Foundation, services: Services): Promise<AssembledRun> {
  const { options, url, awsUrl } = foundation;
  const { stack } = services;
  if (options.debug) await writeSourceMap(stack, options.debug.label);
  const secrets = await seedSecrets(stack, services.aws, foundation.secrets, {
    secret: options.webhookSecret !== undefined,
    apiKey: options.cyberdeskApiKey !== undefined,
  });

  await seedNamedSecrets(services.aws, options.secrets ?? {});
  const { OriginSecretName: origin } = stack.outputs;
  const logs = new FunctionLogs();
  const warn = warnOnce(logs);
  const { state, identities, authorizer } = runFunctions(foundation, services, { logs, warn });
  const triggers = startTriggers(foundation, services, { ...state, authorizer, warn });
  const [route] = stack.routes;
  return {
    url,
    ...secrets,
    originHeader: origin && (await currentValue(services.aws, origin)),
    cyberdeskUrl: foundation.cyberdesk.url,
    webhookUrl: `${url}${route?.key.split(' ')[1] ?? '/'}`,
    ...state,
    ...dataOf(services, foundation.cleanup, warn),
    awsUrl,
    credentials: identities.operator,
    observer: identities.observer,
    credentialsOf: (label) => identities.issue({ kind: 'function', fn: state.fn(label), sandbox: 'none' }),
    credentialsFor: (statements) =>
      identities.issue({
        kind: 'function',
        fn: personWith(state.fn('processor'), statements),
        sandbox: 'none',
      }),
    ...triggers,
  };
}

/** A person with a policy of their own, in the place of a function: only functions are subject to policies here. */
function personWith(fn: FunctionModel, Statement: readonly PolicyStatement[]): FunctionModel {
  const name = `person-${randomUUID()}`;
  const policies = [{ name, document: { Statement } }];
  return {
    ...fn,
    name,
    arn: `${fn.arn}-${name}`,
    role: { ...fn.role, name, arn: `${fn.role.arn}-${name}`, policies },
  };
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

/** Access to the data of the stack, whose items expire every minute. */
function dataOf(
  { aws, stack, inspect, hurry }: Services,
  cleanup: Cleanup,
  warn: Reporting['warn'],
): Pick<RunServices, 'aws' | 'inspect' | 'hurry' | 'expire'> {
  const expire = async (nowSeconds = Date.now() / 1000) => {
    const counts = await Promise.all(stack.data.tables.map((table) => expireItems(aws, table, nowSeconds)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const expiry = setInterval(
    () => void expire().catch((error: Error) => warn(error.message)),
    EXPIRY_INTERVAL_MS,
  );
  expiry.unref();
  cleanup.add(() => clearInterval(expiry));
  const sources = new Set(stack.eventSources.map(({ queueArn }) => queueArn));
  const queues = stack.data.queues.filter(({ arn }) => sources.has(arn));
  return {
    aws,
    inspect,
    expire,
    async hurry() {
      await Promise.all(queues.map(({ url }) => hurry(url)));
    },
  };
}
