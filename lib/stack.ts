import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';
import { checkStage } from './settings/check.ts';
import type { StageSettings } from './settings/stage-settings.ts';

export interface CyberdeskWebhooksStackProps extends StageSettings {
  /** Name of the stage; rules see it. */
  readonly stage: string;
}

/** One stage. */
export class CyberdeskWebhooksStack extends Stack {
  readonly webhooks: CyberdeskWebhooks;

  /** @throws SettingsError where a setting cannot be used */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksStackProps) {
    const { stage, ...settings } = props;
    checkStage(stage, settings);
    const { name: _, account, region, ...options } = settings;
    super(scope, id, {
      description: `Receives Cyberdesk webhooks and drives follow-up runs (${stage})`,
      // A stack that names no account can be deployed to any.
      ...(account && region ? { env: { account, region } } : {}),
      terminationProtection: options.protectData ?? true,
    });
    this.webhooks = new CyberdeskWebhooks(this, 'Webhooks', { stage, ...options });
    this.webhooks.addOutputs();
  }
}
