import { seedSecrets } from '../emulators/seed.ts';
import { startServices } from '../emulators/services.ts';
import type { LocalRun } from '../running.ts';
import { FunctionLogs } from '../sandbox/logs.ts';
import { readStack } from '../template/index.ts';
import { dataOf } from './data.ts';
import type { Foundation, Reporting } from './foundation.ts';
import { runFunctions } from './functions.ts';
import { startTriggers } from './triggers.ts';

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
    credentialsOf: (label) => identities.issue({ kind: 'function', fn: state.fn(label), sandbox: 'none' }),
    ...triggers,
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
