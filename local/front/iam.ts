import { runSimulation } from '@cloud-copilot/iam-simulate';
import { UnsupportedTemplateError } from '../errors.ts';
import type { FunctionModel, PolicyDocument, StackModel } from '../template/model.ts';
import { GrantReport, type GrantUse } from './grant-report.ts';
import type { NeededGrant } from './grants.ts';
import { KeyPatterns } from './key-patterns.ts';

/** The result of one grant: the message of AWS if it is missing, otherwise the statements that give it. */
type Decision = Readonly<{ denial?: string; uses: readonly GrantUse[] }>;

/** Decides by the template's policies whether a function may do something. Decisions are cached. */
export class IamAuthorizer {
  readonly report: GrantReport;
  readonly #stack: StackModel;
  readonly #decisions = new Map<string, Promise<Decision>>();
  readonly #patterns = new KeyPatterns();
  readonly #resourcePolicies: ReadonlyMap<string, PolicyDocument | undefined>;

  constructor(stack: StackModel) {
    this.#stack = stack;
    this.report = new GrantReport(stack.functions.map(({ role }) => role));
    const { queues, topics, secrets, keys } = stack.data;
    this.#resourcePolicies = new Map(
      [...queues, ...topics, ...secrets, ...keys].map(({ arn, policy }) => [arn, policy]),
    );
  }

  /** Decides on all grants that one call needs. @returns the message of AWS for the first missing one, if any is */
  async authorize(fn: FunctionModel, grants: readonly NeededGrant[]): Promise<string | undefined> {
    const used: GrantUse[] = [];
    for (const grant of grants) {
      const { denial, uses } = await this.#decide(fn, grant);
      if (denial !== undefined) return denial;
      used.push(...uses);
    }
    for (const use of used) use.uses += 1;
    return undefined;
  }

  #decide(fn: FunctionModel, grant: NeededGrant): Promise<Decision> {
    const keys = this.#patterns.answerFor(fn.role, grant.leadingKeys);
    const key = `${fn.arn}\n${grant.action}\n${grant.resource}\n${grant.viaService}\n${keys}`;
    let cached = this.#decisions.get(key);
    if (!cached) {
      cached = this.#simulate(fn, grant);
      this.#decisions.set(key, cached);
    }
    return cached;
  }

  async #simulate(fn: FunctionModel, grant: NeededGrant): Promise<Decision> {
    const { account } = this.#stack;
    const principal = `arn:aws:sts::${account}:assumed-role/${fn.role.name}/${fn.name}`;
    const response = await runSimulation(
      {
        request: {
          principal,
          action: grant.action,
          resource: { resource: grant.resource, accountId: account },
          // Real calls always use TLS; the calls to the front stand for those.
          contextVariables: {
            'aws:SecureTransport': 'true',
            ...(grant.viaService && { 'kms:ViaService': grant.viaService }),
            ...(grant.leadingKeys && { 'dynamodb:LeadingKeys': [...grant.leadingKeys] }),
          },
        },
        identityPolicies: fn.role.policies.map(({ name, document }) => ({ name, policy: document })),
        resourcePolicy: this.#resourcePolicies.get(grant.resource) ?? givenKeyPolicy(grant, account),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (response.resultType === 'error') {
      throw new UnsupportedTemplateError(
        `a policy for ${grant.action} by ${fn.label} (${response.errors.message})`,
        `check the policies of ${fn.role.logicalId} and of ${grant.resource}`,
      );
    }
    if (response.overallResult === 'Allowed') return { uses: this.report.covering(fn.role.arn, grant) };
    const why =
      response.overallResult === 'ExplicitlyDenied'
        ? 'with an explicit deny in a policy'
        : `because no identity-based policy allows the ${grant.action} action`;
    const denial = `User: ${principal} is not authorized to perform: ${grant.action} on resource: ${grant.resource} ${why}`;
    return { denial, uses: [] };
  }
}

/** A key by ARN has the policy that synthesis prints: policies of the account decide about its use. */
function givenKeyPolicy({ action }: NeededGrant, account: string): PolicyDocument | undefined {
  if (!action.startsWith('kms:')) return undefined;
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return { Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] };
}
