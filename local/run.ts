import { randomUUID } from 'node:crypto';
import type { AssembledRun } from './assemble/assemble.ts';
import { Cleanup } from './assemble/foundation.ts';
import { controlHandler } from './control/routes.ts';
import { healthOfStart } from './control/starting.ts';
import { startCyberdesk } from './cyberdesk.ts';
import { checkWebhookSecret, generateWebhookSecret, type SecretValues } from './emulators/seed.ts';
import { AwsFront } from './front/front.ts';
import { HttpFront } from './http/front.ts';
import { Gateway } from './http/gateway.ts';
import type { LocalOptions } from './options.ts';
import type { LocalRun } from './running.ts';
import type { Kept } from './state/kept.ts';
import { KeptMap } from './state/kept-map.ts';
import { openState } from './state/state.ts';
import { PROJECT_ROOT, type Synthesized, synthesize } from './template/synth.ts';

export type { LocalOptions } from './options.ts';
export type { LocalRun } from './running.ts';

/**
 * Starts everything in the template of the stage, on this machine only.
 * @param front the caller's, which is not closed when the run stops: requests wait there for the next run
 * @throws OperatorError when something is wrong that the person who started it can fix
 */
export async function startLocal(options: LocalOptions = {}, front?: HttpFront): Promise<LocalRun> {
  const cleanup = new Cleanup();
  try {
    return await start(options, front, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(
  options: LocalOptions,
  given: HttpFront | undefined,
  cleanup: Cleanup,
): Promise<LocalRun> {
  // The port first: if it is taken, nothing else has to be undone.
  const front = given ?? new HttpFront(healthOfStart);
  const url = front.url ?? (await front.listen(options.port ?? 0));
  cleanup.add(() => (given ? front.hold() : front.close()));

  const assembled = await startStack(options, url, cleanup);
  const run: LocalRun = {
    ...assembled,
    use: (handler) => front.useFirst(handler),
    stop: () => cleanup.run(),
  };
  const gateway = new Gateway({
    stack: run.stack,
    throttled: options.throttled ?? false,
    originHeader: run.originHeader,
    invoke: (fn, payload) => run.functions.invoke(fn, payload),
  });
  front.useFirst(controlHandler(run));
  front.use(async (request, response) => {
    await gateway.handle(request, response);
    return true;
  });
  front.open();
  return run;
}

/** Everything behind the port. */
async function startStack(options: LocalOptions, url: string, cleanup: Cleanup): Promise<AssembledRun> {
  const { stage = 'dev', keep } = options;
  const state = keep && openState(keep.folder, keep.fresh ?? false);
  cleanup.add(() => state?.kept.close());
  const secrets = secretsOf(options, state?.kept);
  const awsFront = new AwsFront();
  cleanup.add(() => awsFront.close());
  const work = [
    options.assembly?.() ?? synthesized(options, stage, cleanup),
    awsFront.listen(),
    startCyberdesk(options, secrets.apiKey, state?.kept).then((started) => {
      cleanup.add(() => started.fake?.close());
      return started;
    }),
    // The emulators take a while to load, so they load during the synthesis.
    import('./assemble/assemble.ts'),
  ] as const;
  // Waits for all of them, so that nothing is still starting when the first failure is thrown.
  await Promise.allSettled(work);
  const [made, awsUrl, cyberdesk, { assemble }] = await Promise.all(work);
  return assemble({
    options,
    url,
    secrets,
    state,
    awsFront,
    awsUrl,
    cyberdesk,
    stage,
    synthesized: made,
    cleanup,
  });
}

async function synthesized(options: LocalOptions, stage: string, cleanup: Cleanup): Promise<Synthesized> {
  const made = await synthesize(PROJECT_ROOT, stage, options);
  cleanup.add(() => made.release());
  return made;
}

/** The given secrets, or those of the run before, or new ones. */
function secretsOf({ webhookSecret, cyberdeskApiKey }: LocalOptions, kept: Kept | undefined): SecretValues {
  const last = new KeptMap<string | null>(kept, 'secret-values');
  const remembered = (name: string, given: string | null | undefined, generate: () => string) => {
    const value = given === undefined ? (last.get(name) ?? generate()) : given;
    last.set(name, value);
    return value;
  };
  const given = webhookSecret && checkWebhookSecret(webhookSecret);
  return {
    secret: remembered('secret', given, generateWebhookSecret),
    apiKey: remembered('apiKey', cyberdeskApiKey, () => `local-${randomUUID()}`),
  };
}
