import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkWebhookSecret } from '../emulators/seed.ts';
import { InvalidSettingError } from '../errors.ts';
import type { LocalOptions } from '../options.ts';
import { overridingVariables } from '../sandbox/environment.ts';
import { PROJECT_ROOT } from '../template/synth.ts';
import { readSecretsFile } from './secrets-file.ts';

/** Where state is kept, in a folder for each stage. */
const STATE = join(PROJECT_ROOT, '.cyberdesk-local');
const DEFAULT_PORT = 8787;
/** Node's own default. */
const DEFAULT_DEBUG_PORT = 9229;
const MOST_REDELIVERY_SECONDS = 43_200;

/**
 * Reads the settings from environment variables; see local/README.md.
 * @throws InvalidSettingError naming the variable
 */
export function readSettings(env: NodeJS.ProcessEnv) {
  const stage = stageOf(env.STAGE ?? 'dev');
  return {
    stage,
    keep: { folder: resolve(text(env, 'LOCAL_STATE') ?? STATE, stage) },
    port: whole(env, 'PORT', 65_535) ?? DEFAULT_PORT,
    webhookSecret: env.WEBHOOK_SECRET === undefined ? undefined : checkWebhookSecret(env.WEBHOOK_SECRET),
    cyberdeskApiKey: text(env, 'CYBERDESK_API_KEY'),
    secrets: env.LOCAL_SECRETS === undefined ? undefined : readSecretsFile(env.LOCAL_SECRETS),
    cyberdeskApiUrl: text(env, 'CYBERDESK_API_URL'),
    awsEndpoint: text(env, 'CYBERDESK_WEBHOOKS_AWS_ENDPOINT'),
    ric: env.LOCAL_RIC === undefined ? undefined : ricOf(env.LOCAL_RIC),
    throttled: env.LOCAL_THROTTLE === undefined ? undefined : env.LOCAL_THROTTLE === 'on',
    redeliverySeconds:
      env.LOCAL_REDELIVERY_SECONDS === 'queue'
        ? 'queue'
        : whole(env, 'LOCAL_REDELIVERY_SECONDS', MOST_REDELIVERY_SECONDS),
    debug: env.LOCAL_DEBUG === undefined ? undefined : debugOf(env.LOCAL_DEBUG),
    environment: overridingVariables(env),
  } satisfies LocalOptions;
}

function stageOf(stage: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(stage)) return stage;
  throw new InvalidSettingError(`STAGE "${stage}" is not a valid stage name`, {
    next: 'use letters, digits and hyphens, e.g. STAGE=dev',
  });
}

function ricOf(directory: string): string {
  if (existsSync(join(directory, 'index.mjs'))) return resolve(directory);
  throw new InvalidSettingError(
    `LOCAL_RIC "${directory}" is not an installed aws-lambda-ric (it has no index.mjs)`,
    { next: 'correct or unset it' },
  );
}

function debugOf(value: string): NonNullable<LocalOptions['debug']> {
  const [, label, port = DEFAULT_DEBUG_PORT] = /^([a-z][a-z0-9-]*)(?::(\d{1,5}))?$/.exec(value) ?? [];
  if (label !== undefined && Number(port) <= 65_535) return { label, port: Number(port) };
  throw new InvalidSettingError(`LOCAL_DEBUG "${value}" is not "<function>" or "<function>:<port>"`, {
    next: 'use e.g. LOCAL_DEBUG=processor',
  });
}

function whole(env: NodeJS.ProcessEnv, name: string, most: number): number | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value) && Number(value) <= most) return Number(value);
  throw new InvalidSettingError(`${name} "${value}" is not a whole number from 0 to ${most}`, {
    next: 'correct or unset it',
  });
}

function text(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || value.trim() !== '') return value;
  throw new InvalidSettingError(`${name} is empty`, { next: 'give it a value or unset it' });
}
