import { ListStackResourcesCommand, type StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { allOf } from '../stage/pages.ts';
import type { FoundStage } from '../stage/stage.ts';
import { readTemplate } from '../stage/template.ts';

/** A resource that stays when its stack is deleted. Field names are part of `--json`. */
export interface Retained {
  type: string;
  logicalId: string;
  physicalId: string;
}

/** What the stack would leave behind, according to its template; what no longer exists is left out. */
export async function retainedResources(stage: FoundStage): Promise<Retained[]> {
  const existing = await resourcesOf(stage);
  // A stack whose creation never began may have no template either.
  if (existing.length === 0) return [];
  const { Resources = {} } = await readTemplate(stage);
  return existing.filter(({ logicalId }) => /^Retain/.test(Resources[logicalId]?.DeletionPolicy ?? ''));
}

async function resourcesOf({ clients, stackName }: FoundStage): Promise<Retained[]> {
  const all = await allOf<StackResourceSummary>(async (token) => {
    const { StackResourceSummaries: items, NextToken: next } = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, NextToken: token }),
    );
    return { items, next };
  });
  return all.flatMap(({ ResourceStatus, ResourceType = '', LogicalResourceId = '', PhysicalResourceId }) =>
    ResourceStatus !== 'DELETE_COMPLETE' && PhysicalResourceId
      ? [{ type: ResourceType, logicalId: LogicalResourceId, physicalId: PhysicalResourceId }]
      : [],
  );
}
