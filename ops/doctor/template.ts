import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { Stage } from '../stage/stage.ts';

/** The part of a template that the doctor reads. */
export interface Template {
  Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  Outputs?: Record<string, { Value?: unknown }>;
}

/** The template as it is deployed: what should be there. */
export async function readTemplate({ clients, stackName }: Stage): Promise<Template> {
  const { TemplateBody = '{}' } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName }),
  );
  return JSON.parse(TemplateBody) as Template;
}
