import { randomUUID } from 'node:crypto';
import { Cleanup } from './cleanup.ts';
import { controlHandler } from './control/routes.ts';
import { startCyberdesk } from './cyberdesk.ts';
import { checkWebhookSecret, generateWebhookSecret } from './emulators/seed.ts';
import { AwsFront } from './front/front.ts';
import { HttpFront } from './http/front.ts';
import { Gateway } from './http/gateway.ts';
import type { LocalOptions } from './options.ts';
import type { LocalRun } from './running.ts';
import { PROJECT_ROOT } from './template/project-root.ts';
import { synthesize } from './template/synth.ts';

export type { LocalOptions } from './options.ts';
export type { LocalRun } from './running.ts';

/**
 * Starts everything that the stage's template names, on this machine only.
 * @throws OperatorError when something is wrong that the person who started it can mend
 */
export async function startLocal(options: LocalOptions = {}): Promise<LocalRun> {
  const cleanup = new Cleanup();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(options: LocalOptions, cleanup: Cleanup): Promise<LocalRun> {
  const { webhookSecret: wanted, cyberdeskApiKey, stage = 'dev' } = options;
  const secret =
    wanted === undefined ? generateWebhookSecret() : wanted === null ? null : checkWebhookSecret(wanted);
  const apiKey = cyberdeskApiKey === undefined ? `local-${randomUUID()}` : cyberdeskApiKey;

  // The port first: it fails soonest, and nothing else need be undone then.
  const front = new HttpFront();
  const url = await front.listen(options.port ?? 0);
  cleanup.add(() => front.close());

  const awsFront = new AwsFront();
  const [synthesized, awsUrl, cyberdesk, parts] = await together(
    synthesize(PROJECT_ROOT, stage, options.app),
    awsFront.listen().then((listening) => {
      cleanup.add(() => awsFront.close());
      return listening;
    }),
    startCyberdesk(options, apiKey).then((started) => {
      cleanup.add(() => started.close());
      return started;
    }),
    // The emulators take a while to load, which the synthesis leaves time for.
    import('./assemble.ts'),
  );

  const run = await parts.assemble({
    options,
    secret,
    apiKey,
    url,
    front,
    awsFront,
    awsUrl,
    cyberdesk,
    stage,
    synthesized,
    cleanup,
  });
  const gateway = new Gateway({
    stack: run.stack,
    throttled: options.throttled ?? false,
    invoke: (fn, payload) => run.functions.invoke(fn, payload),
  });
  front.useFirst(controlHandler(run));
  front.use(async (request, response) => {
    await gateway.handle(request, response);
    return true;
  });
  return run;
}

/** Waits for all, so that nothing is still starting when the first failure is thrown. */
async function together<T extends readonly unknown[]>(
  ...work: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const settled = await Promise.allSettled(work);
  const failure = settled.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
