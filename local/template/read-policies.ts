import { supported } from '../errors.ts';
import type { PolicyDocument, RoleModel } from './model.ts';
import { list, records } from './properties.ts';
import type { ResolvedResource, StackReader } from './stack-reader.ts';

/** Finds a role of the stack by its ARN, with all policies that apply to it. */
export function roleReader(reader: StackReader): (arn: string) => RoleModel | undefined {
  const roles = reader.all('AWS::IAM::Role').map((resource) => ({ resource, ...reader.named(resource) }));
  return (arn) => {
    const found = roles.find((role) => role.arn === arn);
    return found && readRole(reader, found.resource);
  };
}

/** @throws UnsupportedTemplateError for a managed policy whose statements are not known */
function readRole(reader: StackReader, resource: ResolvedResource): RoleModel {
  const { properties } = resource;
  const { logicalId, name, arn } = reader.named(resource);
  const attached = reader
    .all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter((policy) => list(policy.properties.Roles).includes(name));
  const own = reader.all('AWS::IAM::RolePolicy').filter((policy) => policy.properties.RoleName === name);
  return {
    logicalId,
    name,
    arn,
    policies: [
      ...records(properties.Policies).map((policy) => ({
        name: String(policy.PolicyName),
        document: policyDocument(policy.PolicyDocument),
      })),
      ...[...attached, ...own].map(policyOf),
      ...list(properties.ManagedPolicyArns).map((policyArn) => managedPolicy(reader, policyArn, logicalId)),
    ],
  };
}

type Policy = RoleModel['policies'][number];

const policyOf = ({ logicalId, properties }: ResolvedResource): Policy => ({
  name: logicalId,
  document: policyDocument(properties.PolicyDocument),
});

/** A managed policy of the stack, or one of AWS that CDK gives to every function. */
function managedPolicy(reader: StackReader, arn: unknown, role: string): Policy {
  const name = String(arn).split(':policy/').at(-1) ?? '';
  const known = KNOWN_POLICIES[name];
  if (known) return { name, document: known };
  const found = reader.all('AWS::IAM::ManagedPolicy').find(({ logicalId }) => reader.ref(logicalId) === arn);
  const next = 'give its statements to the role themselves';
  return policyOf(supported(found, `the managed policy ${arn} (${role})`, next));
}

const KNOWN_POLICIES: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
};

/** A policy document; IAM itself checks it when it is used. */
export const policyDocument = (value: unknown): PolicyDocument => value as PolicyDocument;

/** The resource policy of this type that names a queue or topic. */
export function policyFor(
  reader: StackReader,
  type: string,
  property: string,
  id: string,
): PolicyDocument | undefined {
  const found = reader.all(type).find(({ properties }) => [properties[property]].flat().includes(id));
  return found && policyDocument(found.properties.PolicyDocument);
}
