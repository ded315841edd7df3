import type { App } from 'aws-cdk-lib';
import { checkStage } from './settings/check.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StageSettings } from './settings/stage-settings.ts';
import { CyberdeskWebhooksStack } from './stack.ts';

/** Name of a stage's stack: `CyberdeskWebhooks-<stage>`, or `CyberdeskWebhooks-<name>-<stage>`. */
export function stackName(stage: string, settings: StageSettings): string {
  return ['CyberdeskWebhooks', settings.name, stage].filter(Boolean).join('-');
}

/**
 * Adds one stack per stage to an app.
 *
 * @throws SettingsError where a setting cannot be used
 */
export function addStages(app: App, stages: Record<string, StageSettings>): CyberdeskWebhooksStack[] {
  checkStages(stages);
  return Object.entries(stages).map(
    ([stage, settings]) =>
      new CyberdeskWebhooksStack(app, stackName(stage, settings), { ...settings, stage }),
  );
}

/**
 * Checks all stages before any stack is created: each by itself, and that no two have the same stack name.
 *
 * @throws SettingsError where a setting cannot be used
 */
export function checkStages(stages: Record<string, StageSettings>): void {
  // Not every stages file is type-checked.
  if (typeof stages !== 'object' || stages === null || Object.keys(stages).length === 0) {
    throw new SettingsError(
      undefined,
      'stages',
      'must contain at least one stage, such as { dev: {} }; add it in stages.ts',
    );
  }
  const owners = new Map<string, string>();
  for (const [stage, settings] of Object.entries(stages)) {
    checkStage(stage, settings);
    const stack = stackName(stage, settings);
    const owner = owners.get(stack);
    if (owner !== undefined) {
      throw new SettingsError(
        stage,
        'name',
        `results in the stack name ${stack}, which stage "${owner}" already has; choose another name`,
      );
    }
    owners.set(stack, stage);
  }
}
