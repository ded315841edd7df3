import { UnsupportedTemplateError } from '../errors.ts';
import type { PolicyDocument, RoleModel } from './model.ts';
import type { StackReader } from './stack-reader.ts';

/** Every role of the stack by its ARN, with all policies that apply to it. */
export function readRoles(reader: StackReader): Map<string, RoleModel> {
  const managed = new Map(
    reader
      .all('AWS::IAM::ManagedPolicy')
      .map((resource) => [String(reader.ref(resource.logicalId)), resource] as const),
  );
  const roles = reader.all('AWS::IAM::Role').map((resource): RoleModel => {
    const name = reader.nameOf(resource.logicalId);
    const inline = (resource.properties.Policies ?? []) as {
      PolicyName: string;
      PolicyDocument: PolicyDocument;
    }[];
    const attached = reader
      .all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
      .filter(({ properties }) => ((properties.Roles ?? []) as string[]).includes(name));
    const own = reader.all('AWS::IAM::RolePolicy').filter(({ properties }) => properties.RoleName === name);
    const named = ((resource.properties.ManagedPolicyArns ?? []) as string[]).map((arn) => {
      const policy = managed.get(arn);
      if (policy) return policy;
      throw new UnsupportedTemplateError(
        `the managed policy ${arn} (${resource.logicalId})`,
        'write its statements out in lib/.',
      );
    });
    return {
      logicalId: resource.logicalId,
      name,
      arn: String(reader.getAtt(resource.logicalId, 'Arn')),
      policies: [
        ...inline.map((policy) => ({ name: policy.PolicyName, document: policy.PolicyDocument })),
        ...[...attached, ...own, ...named].map((policy) => ({
          name: policy.logicalId,
          document: policy.properties.PolicyDocument as PolicyDocument,
        })),
      ],
    };
  });
  return new Map(roles.map((role) => [role.arn, role]));
}
