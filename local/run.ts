import { randomUUID } from 'node:crypto';
import type { AssembledRun } from './assemble/assemble.ts';
import { Cleanup } from './assemble/foundation.ts';
import { controlHandler } from './control/routes.ts';
import { startCyberdesk } from './cyberdesk.ts';
import { checkWebhookSecret, generateWebhookSecret } from './emulators/seed.ts';
import { AwsFront } from './front/front.ts';
import { HttpFront } from './http/front.ts';
import { Gateway } from './http/gateway.ts';
import type { LocalOptions } from './options.ts';
import type { LocalRun } from './running.ts';
import { PROJECT_ROOT, synthesize } from './template/synth.ts';

export type { LocalOptions } from './options.ts';
export type { LocalRun } from './running.ts';

/**
 * Starts everything in the template of the stage, on this machine only.
 * @throws OperatorError when something is wrong that the person who started it can fix
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
  // The port first: if it is taken, nothing else has to be undone.
  const front = new HttpFront();
  const url = await front.listen(options.port ?? 0);
  cleanup.add(() => front.close());

  const assembled = await startStack(options, url, cleanup);
  const run: LocalRun = {
    ...assembled,
    use: (handler) => front.useFirst(handler),
    stop: () => cleanup.run(),
  };
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

/** Everything behind the port. */
async function startStack(options: LocalOptions, url: string, cleanup: Cleanup): Promise<AssembledRun> {
  const { webhookSecret, cyberdeskApiKey: apiKey = `local-${randomUUID()}`, stage = 'dev' } = options;
  const secret =
    webhookSecret === undefined
      ? generateWebhookSecret()
      : webhookSecret && checkWebhookSecret(webhookSecret);
  const awsFront = new AwsFront();
  cleanup.add(() => awsFront.close());
  const work = [
    synthesize(PROJECT_ROOT, stage, options.app),
    awsFront.listen(),
    startCyberdesk(options, apiKey).then((started) => {
      cleanup.add(() => started.fake?.close());
      return started;
    }),
    // The emulators take a while to load, so they load during the synthesis.
    import('./assemble/assemble.ts'),
  ] as const;
  // Waits for all of them, so that nothing is still starting when the first failure is thrown.
  await Promise.allSettled(work);
  const [synthesized, awsUrl, cyberdesk, { assemble }] = await Promise.all(work);
  const address = { url, secret, apiKey, cyberdeskUrl: cyberdesk.url };
  return assemble({ options, address, awsFront, awsUrl, cyberdesk, stage, synthesized, cleanup });
}
