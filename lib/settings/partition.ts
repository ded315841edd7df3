import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A region of the public partition: a part of the world, a direction, a number. The others add a word of their own. */
const PUBLIC = /^[a-z]{2}-(north|south|east|west|central)(east|west)?-\d+$/;

/** The partition that a region is in, as far as its name says so. No list of regions: there are new ones each year. */
export function partitionOf(region: string): string | undefined {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return PUBLIC.test(region) ? 'aws' : undefined;
}

/** The same for the region of a stack; undefined as well while only the deployment knows that. */
export function partitionOfStack(scope: IConstruct): string | undefined {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? undefined : partitionOf(region);
}
