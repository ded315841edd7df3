import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { onTestFinished } from 'vitest';
import { addStages, stackName } from '../../../lib/add-stages.ts';
import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are read freely in tests.
  Properties: any;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

/** The context in cdk.json, as passed by the CDK command line. */
export const cdkContext: Record<string, unknown> = JSON.parse(readFileSync('cdk.json', 'utf8')).context;

/** An app whose output is removed at the end of the test. Nothing is bundled: templates do not depend on it. */
export function testApp(props: AppProps = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'cyberdesk-synth-'));
  const remove = () => rmSync(outdir, { recursive: true, force: true });
  try {
    onTestFinished(remove);
  } catch {
    process.once('exit', remove);
  }
  const context = {
    ...cdkContext,
    'aws:cdk:bundling-stacks': [],
    // Keeps warnings in the stack instead of printing them.
    '@aws-cdk/core:annotationsInValidationReport': false,
    ...props.context,
  };
  return new App({ ...props, outdir, context });
}

/** Template of one stage. */
export function synth(settings: StageSettings = {}, stage = 'dev', props: AppProps = {}): Template {
  const app = testApp(props);
  addStages(app, { [stage]: settings });
  return app.synth().getStackByName(stackName(stage, settings)).template as Template;
}

/** `[logical id, resource]` of a type. */
export const ofType = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** The only resource of a type whose logical id contains a text. */
export function one(template: Template, type: string, part = ''): Resource {
  const found = ofType(template, type).filter(([id]) => id.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} with "${part}" in their id`);
  return (found[0] as [string, Resource])[1];
}
