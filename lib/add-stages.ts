import type { App } from 'aws-cdk-lib';
import type { StageSettings } from './settings/stage-settings.ts';
import { CyberdeskWebhooksStack } from './stack.ts';

/** `CyberdeskWebhooks-<stage>`, or `CyberdeskWebhooks-<name>-<stage>`. */
export const stackName = (stage: string, settings: StageSettings): string =>
  ['CyberdeskWebhooks', settings.name, stage].filter(Boolean).join('-');

/**
 * Adds one stack per stage.
 *
 * @throws SettingsError where a setting cannot be used
 */
export const addStages = (app: App, stages: Record<string, StageSettings>): CyberdeskWebhooksStack[] =>
  Object.entries(stages).map(
    ([stage, settings]) =>
      new CyberdeskWebhooksStack(app, stackName(stage, settings), { stage, ...settings }),
  );
