import {
  GetTemplateCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { FoundStage } from '../stage/stage.ts';

/** A resource that stays when the stack goes. */
export interface Retained {
  type: string;
  logicalId: string;
  physicalId: string;
}

/** What the stack would leave behind, as its template says; what is gone already is left out. */
export async function retainedResources(stage: FoundStage): Promise<Retained[]> {
  const there = await resourcesOf(stage);
  // A stack of which nothing was ever made may have no template either.
  if (there.length === 0) return [];
  const { TemplateBody = '{}' } = await stage.clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stage.stackName }),
  );
  const { Resources = {} } = JSON.parse(TemplateBody) as {
    Resources?: Record<string, { DeletionPolicy?: string }>;
  };
  return there.filter(({ logicalId }) => /^Retain/.test(Resources[logicalId]?.DeletionPolicy ?? ''));
}

async function resourcesOf({ clients, stackName }: FoundStage): Promise<Retained[]> {
  const found: Retained[] = [];
  let token: string | undefined;
  do {
    const page = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, ...(token && { NextToken: token }) }),
    );
    for (const one of page.StackResourceSummaries ?? []) {
      if (one.ResourceStatus !== 'DELETE_COMPLETE' && one.PhysicalResourceId) found.push(toRetained(one));
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
