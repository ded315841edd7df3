import {
  GetTemplateCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { Stage } from '../stage/stage.ts';

/** A resource that stays when the stack goes. */
export interface Retained {
  type: string;
  logicalId: string;
  physicalId: string;
}

/** What the stack would leave behind, as its template says; what is gone already is left out. */
export async function retainedResources({ clients, stackName }: Stage): Promise<Retained[]> {
  const { TemplateBody = '{}' } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName }),
  );
  const { Resources = {} } = JSON.parse(TemplateBody) as {
    Resources?: Record<string, { DeletionPolicy?: string }>;
  };
  const kept = (logicalId: string) => /^Retain/.test(Resources[logicalId]?.DeletionPolicy ?? '');
  const found: Retained[] = [];
  let token: string | undefined;
  do {
    const page = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, ...(token && { NextToken: token }) }),
    );
    for (const one of page.StackResourceSummaries ?? []) {
      const retained = kept(one.LogicalResourceId ?? '') && one.ResourceStatus !== 'DELETE_COMPLETE';
      if (retained && one.PhysicalResourceId) found.push(toRetained(one));
    }
    token = page.NextToken;
  } while (token);
  return found;
}

const toRetained = (one: StackResourceSummary): Retained => ({
  type: one.ResourceType ?? '',
  logicalId: one.LogicalResourceId ?? '',
  physicalId: one.PhysicalResourceId ?? '',
});
