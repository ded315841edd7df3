import type { Resource, Template } from '../lib/support/synth.ts';

/**
 * Types that moto's CloudFormation creates with an id. It drops or rejects the others, or (versions and permissions of
 * functions) accepts them without creating anything.
 */
const KNOWN_TO_MOTO = new Set([
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

export interface Reduced {
  readonly template: Template;
  /** Types that are created, and types that are not. */
  readonly rehearsed: readonly string[];
  readonly dropped: readonly string[];
}

/** The part of a template that moto can create; references to the rest become text. */
export function reduce(full: Template): Reduced {
  const resources = Object.entries(full.Resources);
  const kept = new Map(resources.filter(([, { Type }]) => KNOWN_TO_MOTO.has(Type)));
  const isGone = (id: unknown) => typeof id === 'string' && id in full.Resources && !kept.has(id);

  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref: ref, 'Fn::GetAtt': attribute } = value as { Ref?: unknown; 'Fn::GetAtt'?: [string, string] };
    const id = ref ?? attribute?.[0];
    // Shaped like an ARN, because some of them are split.
    if (isGone(id)) return `arn:aws:dropped:us-east-1:123456789012:${id}:a-b-c`;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, visit(part)]));
  };
  const reduced = (resource: Resource): Resource => {
    const { DependsOn, ...rest } = resource;
    const { Properties, ...others } = visit(rest) as Resource;
    const remaining = [DependsOn ?? []].flat().filter((id) => !isGone(id));
    return {
      ...others,
      Properties: resource.Type === 'AWS::Lambda::Function' ? withInlineCode(Properties) : Properties,
      ...(remaining.length > 0 ? { DependsOn: remaining } : {}),
    };
  };
  return {
    template: {
      Resources: Object.fromEntries([...kept].map(([id, resource]) => [id, reduced(resource)])),
      Outputs: visit(full.Outputs) as Template['Outputs'],
    },
    rehearsed: types(kept.values()),
    dropped: types(resources.filter(([id]) => !kept.has(id)).map(([, resource]) => resource)),
  };
}

/** `type` or `type ×count`, in order. */
function types(resources: Iterable<Resource>): string[] {
  const counts = new Map<string, number>();
  for (const { Type } of resources) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return [...counts].sort().map(([type, count]) => (count === 1 ? type : `${type} ×${count}`));
}

/** There is no bucket with the bundles. */
const withInlineCode = (properties: Resource['Properties']): Resource['Properties'] => ({
  ...properties,
  Code: { ZipFile: 'export const handler = () => {};' },
});
