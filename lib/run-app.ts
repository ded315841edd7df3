import { writeSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { addStages } from './add-stages.ts';
import { addNag } from './compliance/nag.ts';
import type { Extend } from './extend.ts';
import { BundleError } from './functions/bundle-error.ts';
import { ServiceFunction } from './functions/service-function.ts';
import { inOwnCode, OwnCodeError } from './own-code.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StageSettings } from './settings/stage-settings.ts';

/**
 * The whole app, started by `cdk.json`. A setting that cannot be used, rules that cannot be loaded, or infrastructure of
 * the customer's that throws, end it with one line and no stack trace.
 */
export const runApp = (stages: Record<string, StageSettings>, extend?: Extend): Promise<void> =>
  orEndInOneLine(async () => {
    const app = new App();
    const stacks = addStages(app, stages);
    for (const [index, stage] of Object.keys(stages).entries()) {
      const stack = stacks[index];
      if (!extend || !stack) continue;
      const call = () => extend({ stack, receiver: stack.webhooks, stage });
      await inOwnCode('infrastructure.ts', call, `stage "${stage}"`);
    }
    // Only with `-c nag=true`. Context values from the command line are strings, including "false".
    const nag: unknown = app.node.tryGetContext('nag');
    if (nag && nag !== 'false') await addNag(app);
    for (const node of app.node.findAll()) if (node instanceof ServiceFunction) node.checkLoading();
  });

/** Ends the process with one line and 1 where something fails that the customer can fix. */
export async function orEndInOneLine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isExpected = [SettingsError, BundleError, OwnCodeError].some((kind) => error instanceof kind);
    if (!isExpected || !(error instanceof Error)) throw error;
    writeSync(process.stderr.fd, `${error.message}\n`);
    // At once: CDK would go on to synthesize what there is.
    process.exit(1);
  }
}
