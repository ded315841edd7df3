import { supported } from '../errors.ts';
import type { PolicyDocument, RoleModel } from './model.ts';
import { list, records } from './properties.ts';
import type { StackReader } from './stack-reader.ts';

/** Every role of the stack by its ARN, with all policies that apply to it. */
export function readRoles(reader: StackReader): Map<string, RoleModel> {
  const managed = reader.all('AWS::IAM::ManagedPolicy');
  const roles = reader.all('AWS::IAM::Role').map((resource): RoleModel => {
    const { properties } = resource;
    const { logicalId, name, arn } = reader.named(resource);
    const attached = reader
      .all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
      .filter((policy) => list(policy.properties.Roles).includes(name));
    const own = reader.all('AWS::IAM::RolePolicy').filter((policy) => policy.properties.RoleName === name);
    const referenced = list(properties.ManagedPolicyArns).map((policyArn) => {
      const policy = managed.find((one) => reader.ref(one.logicalId) === policyArn);
      const feature = `the managed policy ${policyArn} (${logicalId})`;
      return supported(policy, feature, 'write its statements out in lib/');
    });
    return {
      logicalId,
      name,
      arn,
      policies: [
        ...records(properties.Policies).map((policy) => ({
          name: String(policy.PolicyName),
          document: policyDocument(policy.PolicyDocument),
        })),
        ...[...attached, ...own, ...referenced].map((policy) => ({
          name: policy.logicalId,
          document: policyDocument(policy.properties.PolicyDocument),
        })),
      ],
    };
  });
  return new Map(roles.map((role) => [role.arn, role]));
}

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
