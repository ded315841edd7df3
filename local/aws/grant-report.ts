import type { PolicyStatement, RoleModel } from '../template/model.ts';
import type { NeededGrant } from './grants.ts';

/** One action that one statement of a role grants. */
export interface GrantUse {
  readonly role: string;
  readonly policy: string;
  /** The statement's `Sid`, or its place in the policy, from 0. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
  /** Calls that it allowed. */
  uses: number;
}

/** Counts, for every action and resource that the roles grant, how often it allowed a call. */
export class GrantReport {
  private readonly byRole = new Map<string, GrantUse[]>();

  constructor(roles: Iterable<RoleModel>) {
    for (const role of roles) {
      const uses = role.policies.flatMap((policy) =>
        policy.document.Statement.flatMap((statement, index) => usesOf(role, policy.name, statement, index)),
      );
      this.byRole.set(role.arn, uses);
    }
  }

  /** Counts a call that was allowed. */
  record(roleArn: string, grant: NeededGrant): void {
    for (const use of this.byRole.get(roleArn) ?? []) {
      if (
        matches(use.action.toLowerCase(), grant.action.toLowerCase()) &&
        matches(use.resource, grant.resource)
      )
        use.uses += 1;
    }
  }

  /** Everything that is granted, in the order of the template. */
  all(): readonly Readonly<GrantUse>[] {
    return [...this.byRole.values()].flat();
  }

  unused(): readonly Readonly<GrantUse>[] {
    return this.all().filter((use) => use.uses === 0);
  }
}

function usesOf(role: RoleModel, policy: string, statement: PolicyStatement, index: number): GrantUse[] {
  if (statement.Effect !== 'Allow') return [];
  const actions = [statement.Action ?? []].flat();
  const resources = [statement.Resource ?? '*'].flat();
  return actions.flatMap((action) =>
    resources.map((resource) => ({
      role: role.logicalId,
      policy,
      statement: statement.Sid ?? String(index),
      action,
      resource,
      uses: 0,
    })),
  );
}

/** Whether a pattern with `*` and `?` covers a text. A wildcard resource in the text means any resource. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text || pattern === '*') return true;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
