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

/** Knows, for every action and resource that the roles grant, how often it allowed a call. */
export class GrantReport {
  readonly #byRole = new Map<string, GrantUse[]>();

  constructor(roles: Iterable<RoleModel>) {
    for (const role of roles) {
      const uses = role.policies.flatMap((policy) =>
        policy.document.Statement.flatMap((statement, index) => usesOf(role, policy.name, statement, index)),
      );
      this.#byRole.set(role.arn, uses);
    }
  }

  /** What allows such calls; each allowed call adds one to the `uses` of every entry. */
  covering(roleArn: string, grant: NeededGrant): GrantUse[] {
    const uses = this.#byRole.get(roleArn) ?? [];
    const action = grant.action.toLowerCase();
    return uses.filter(
      (use) => matches(use.action.toLowerCase(), action) && matches(use.resource, grant.resource),
    );
  }

  /** Everything that is granted, in the order of the template. */
  all(): readonly Readonly<GrantUse>[] {
    return [...this.#byRole.values()].flat();
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
