import type { PolicyStatement, RoleModel } from '../template/model.ts';
import type { NeededGrant } from './grants.ts';

/** One action on one resource that a statement of a role grants. */
export interface GrantUse {
  readonly role: string;
  readonly policy: string;
  /** The statement's `Sid`, or its position in the policy, from 0. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
  /** Calls that it allowed. */
  uses: number;
}

/** How often each grant of the roles has allowed a call. */
export class GrantReport {
  readonly #byRole: ReadonlyMap<string, readonly GrantUse[]>;

  constructor(roles: readonly RoleModel[]) {
    this.#byRole = new Map(roles.map((role) => [role.arn, grantsOf(role)]));
  }

  /** The grants of a role that allow such a call. */
  covering(roleArn: string, grant: NeededGrant): GrantUse[] {
    const action = grant.action.toLowerCase();
    return (this.#byRole.get(roleArn) ?? []).filter(
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

function grantsOf({ logicalId: role, policies }: RoleModel): GrantUse[] {
  return policies.flatMap(({ name: policy, document }) =>
    document.Statement.flatMap((statement, index) =>
      permissions(statement).map(([action, resource]) => {
        return { role, policy, statement: statement.Sid ?? String(index), action, resource, uses: 0 };
      }),
    ),
  );
}

/** Each pair of action and resource that a statement allows. */
function permissions({ Effect, Action = [], Resource = '*' }: PolicyStatement): [string, string][] {
  if (Effect !== 'Allow') return [];
  const resources = [Resource].flat();
  return [Action]
    .flat()
    .flatMap((action) => resources.map((resource): [string, string] => [action, resource]));
}

/** Whether a pattern with `*` and `?` matches a text. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text || pattern === '*') return true;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
