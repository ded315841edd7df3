import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { FoundStage } from './stage.ts';

/** The part of a CloudFormation template that verbs read. */
export interface Template {
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, { Value?: unknown }>;
}

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  Properties?: Record<string, unknown>;
}

/** Text of the template as it is deployed. */
export async function readTemplateText({
  clients,
  stackName,
}: Pick<FoundStage, 'clients' | 'stackName'>): Promise<string> {
  const { TemplateBody = '{}' } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName }),
  );
  return TemplateBody;
}

/** The template as it is deployed: what should exist. */
export const readTemplate = async (stage: FoundStage): Promise<Template> =>
  JSON.parse(await readTemplateText(stage));
