import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkWebhookSecret } from '../emulators/seed.ts';
import { InvalidSettingError } from '../errors.ts';
import type { LocalOptions } from '../options.ts';
import { overridingVariables } from '../sandbox/overrides.ts';

const DEFAULT_PORT = 8787;

/**
 * Reads what a person may set in the environment; see local/README.md.
 * @throws InvalidSettingError naming the variable
 */
export function readSettings(env: NodeJS.ProcessEnv): LocalOptions {
  const redelivery = env.LOCAL_REDELIVERY_SECONDS;
  return {
    stage: stageOf(env.STAGE),
    port: whole('PORT', env.PORT, 0, 65_535) ?? DEFAULT_PORT,
    ...(env.WEBHOOK_SECRET !== undefined && { webhookSecret: checkWebhookSecret(env.WEBHOOK_SECRET) }),
    ...(env.CYBERDESK_API_KEY !== undefined && {
      cyberdeskApiKey: filled('CYBERDESK_API_KEY', env.CYBERDESK_API_KEY),
    }),
    ...(env.CYBERDESK_API_URL !== undefined && {
      cyberdeskApiUrl: filled('CYBERDESK_API_URL', env.CYBERDESK_API_URL),
    }),
    ...(env.CYBERDESK_WEBHOOKS_AWS_ENDPOINT !== undefined && {
      awsEndpoint: filled('CYBERDESK_WEBHOOKS_AWS_ENDPOINT', env.CYBERDESK_WEBHOOKS_AWS_ENDPOINT),
    }),
    ...(env.LOCAL_RIC !== undefined && { ric: ricOf(env.LOCAL_RIC) }),
    ...(env.LOCAL_THROTTLE !== undefined && { throttled: env.LOCAL_THROTTLE === 'on' }),
    ...(redelivery !== undefined && {
      redeliverySeconds:
        redelivery === 'queue'
          ? ('queue' as const)
          : (whole('LOCAL_REDELIVERY_SECONDS', redelivery, 0, 43_200) ?? 'queue'),
    }),
    environment: overridingVariables(env),
  };
}

function stageOf(stage = 'dev'): string {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(stage)) return stage;
  throw new InvalidSettingError(
    `STAGE "${stage}" is no stage name: use letters, digits and hyphens, e.g. STAGE=dev.`,
  );
}

function ricOf(directory: string): string {
  if (existsSync(join(directory, 'index.mjs'))) return resolve(directory);
  throw new InvalidSettingError(
    `LOCAL_RIC "${directory}" is no installed aws-lambda-ric (it has no index.mjs): correct or unset it.`,
  );
}

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidSettingError(
    `${name} "${text}" is not a whole number from ${least} to ${most}: correct or unset it.`,
  );
}

function filled(name: string, text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidSettingError(`${name} is empty: give it a value or unset it.`);
}
