import { runSimulation } from '@cloud-copilot/iam-simulate';
import { UnknownTemplateFeature } from '../errors.ts';
import type { FunctionModel, PolicyDocument, StackModel } from '../template/model.ts';
import { GrantReport, type GrantUse } from './grant-report.ts';
import type { NeededGrant } from './grants.ts';

/** Whether a call may go on, and if not, AWS's words for it. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly grant: NeededGrant; readonly message: string };

interface Remembered {
  readonly decision: Decision;
  /** What of the policies allowed it. */
  readonly uses: GrantUse[];
}

/** Decides by the policies of the template whether a function may do something; decisions are remembered. */
export class IamAuthorizer {
  readonly report: GrantReport;
  private readonly stack: StackModel;
  private readonly decisions = new Map<string, Promise<Remembered>>();
  /** Roles with a condition on leading keys, by ARN: their decisions hold for one set of keys only. */
  private readonly keyed: ReadonlySet<string>;
  private readonly resourcePolicies: ReadonlyMap<string, PolicyDocument | undefined>;

  constructor(stack: StackModel) {
    this.stack = stack;
    const roles = new Map(stack.functions.map((fn) => [fn.role.arn, fn.role]));
    this.report = new GrantReport(roles.values());
    this.keyed = new Set(
      [...roles.values()]
        .filter(({ policies }) => /"dynamodb:leadingkeys"/i.test(JSON.stringify(policies)))
        .map(({ arn }) => arn),
    );
    const { queues, topics, secrets, keys } = stack.data;
    this.resourcePolicies = new Map(
      [...queues, ...topics, ...secrets, ...keys].map((part) => [part.arn, part.policy]),
    );
  }

  /** Decides over all grants that one call needs; the first that is missing denies it. */
  async authorize(fn: FunctionModel, grants: readonly NeededGrant[]): Promise<Decision> {
    const used: GrantUse[][] = [];
    for (const grant of grants) {
      const { decision, uses } = await this.remembered(fn, grant);
      if (!decision.allowed) return decision;
      used.push(uses);
    }
    for (const uses of used) for (const use of uses) use.uses += 1;
    return { allowed: true };
  }

  private remembered(fn: FunctionModel, grant: NeededGrant): Promise<Remembered> {
    // Keys are many, so what depends on them is decided anew each time.
    if (grant.leadingKeys && this.keyed.has(fn.role.arn)) return this.decide(fn, grant);
    const key = `${fn.arn}\n${grant.action}\n${grant.resource}`;
    let known = this.decisions.get(key);
    if (!known) {
      known = this.decide(fn, grant);
      this.decisions.set(key, known);
    }
    return known;
  }

  private async decide(fn: FunctionModel, grant: NeededGrant): Promise<Remembered> {
    const decision = await this.simulate(fn, grant);
    return { decision, uses: decision.allowed ? this.report.covering(fn.role.arn, grant) : [] };
  }

  private async simulate(fn: FunctionModel, grant: NeededGrant): Promise<Decision> {
    const principal = `arn:aws:sts::${this.stack.account}:assumed-role/${fn.role.name}/${fn.name}`;
    const response = await runSimulation(
      {
        request: {
          principal,
          action: grant.action,
          resource: { resource: grant.resource, accountId: this.stack.account },
          // Real calls are always encrypted on their way; the emulators' front stands in for that.
          contextVariables: {
            'aws:SecureTransport': 'true',
            ...(grant.leadingKeys && { 'dynamodb:LeadingKeys': [...grant.leadingKeys] }),
          },
        },
        identityPolicies: fn.role.policies.map(({ name, document }) => ({ name, policy: document })),
        resourcePolicy: this.resourcePolicies.get(grant.resource),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (response.resultType === 'error') {
      throw new UnknownTemplateFeature(
        `how to decide ${grant.action} for ${fn.label} (${response.errors.message})`,
        `check the policies of ${fn.role.logicalId} and of ${grant.resource}.`,
      );
    }
    if (response.overallResult === 'Allowed') return { allowed: true };
    const why =
      response.overallResult === 'ExplicitlyDenied'
        ? 'with an explicit deny in a policy'
        : `because no identity-based policy allows the ${grant.action} action`;
    const message = `User: ${principal} is not authorized to perform: ${grant.action} on resource: ${grant.resource} ${why}`;
    return { allowed: false, grant, message };
  }
}
