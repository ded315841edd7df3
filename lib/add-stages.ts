import type { App } from 'aws-cdk-lib';
import type { StageSettings } from './settings/stage-settings.ts';
import { CyberdeskWebhooksStack } from './stack.ts';

/** Adds one stack per stage: `CyberdeskWebhooks-<stage>`, or `CyberdeskWebhooks-<name>-<stage>`. */
export function addStages(app: App, stages: Record<string, StageSettings>): CyberdeskWebhooksStack[] {
  return Object.entries(stages).map(
    ([stage, settings]) =>
      new CyberdeskWebhooksStack(app, ['CyberdeskWebhooks', settings.name, stage].filter(Boolean).join('-'), {
        ...settings,
        stage,
      }),
  );
}
