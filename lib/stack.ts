import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';
import { RECEIVER_ID } from './receiver-id.ts';
import { checkStage } from './settings/check.ts';
import type { StageSettings } from './settings/stage-settings.ts';
import { propsOf } from './stage-props.ts';

/** Props of `CyberdeskWebhooksStack`: the settings of a stage as plain data, and its name. */
export interface CyberdeskWebhooksStackProps extends StageSettings {
  /** Name of the stage, such as `prod`; rules can read it. Lower-case letters, digits and hyphens, at most 31. */
  readonly stage: string;
}

/** The stack of one stage: `CyberdeskWebhooks` and its outputs. */
export class CyberdeskWebhooksStack extends Stack {
  /** The construct that holds everything in this stack. */
  readonly webhooks: CyberdeskWebhooks;

  /** @throws SettingsError where a setting cannot be used */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksStackProps) {
    const { stage, ...settings } = props;
    checkStage(stage, settings);
    const { name: _, account, region, ...options } = settings;
    super(scope, id, {
      description: `Receives Cyberdesk webhooks and drives follow-up runs (${stage})`,
      // Without an account, the stack can be deployed to any.
      ...(account && region ? { env: { account, region } } : {}),
      terminationProtection: options.protectData ?? true,
    });
    this.webhooks = new CyberdeskWebhooks(this, RECEIVER_ID, propsOf(this, stage, options));
    this.webhooks.addOutputs();
  }
}
