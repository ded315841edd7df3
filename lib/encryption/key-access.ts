import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.ts';
import type { Installation } from '../installation.ts';
import { type KeyUser, keyStatements } from './encryption.ts';

/** Props of `KeyAccess`. */
export interface KeyAccessProps {
  readonly installation: Installation;
}

/**
 * Lets the functions use the keys, each through the services that it calls.
 *
 * In policies of their own, which come before the stores: the policy of a role names the stores, so CloudFormation would change
 * it after them, and every call in between would be refused.
 */
export class KeyAccess extends Construct {
  constructor(scope: Construct, id: string, { installation }: KeyAccessProps) {
    super(scope, id);
    const { verifier, processor, sweeper } = installation;
    const policies = [
      this.#allow('Verifier', verifier, installation, ['dynamodb', 'sqs', 'secretsmanager']),
      this.#allow('Processor', processor, installation, ['dynamodb', 'sqs', 'sns', 'secretsmanager']),
      this.#allow('Sweeper', sweeper, installation, ['dynamodb', 'sqs']),
    ];
    for (const store of storesOf(installation)) store.node.addDependency(...policies);
  }

  #allow(
    id: string,
    { role }: ServiceFunction,
    { topics }: Installation,
    services: readonly KeyUser[],
  ): Policy {
    const statements = Object.entries(keyStatements(topics.encryption, ...services)).map(
      ([sid, statement]) => new PolicyStatement({ sid, ...statement }),
    );
    return new Policy(this, id, { roles: [role], statements });
  }
}

/** The topics one by one, as the key may be beside them. */
const storesOf = ({
  eventsTable,
  eventQueue,
  signingSecret,
  apiKeySecret,
  originSecret,
  topics,
}: Installation): IConstruct[] => [
  ...[eventsTable, eventQueue, signingSecret, apiKeySecret],
  ...(originSecret ? [originSecret] : []),
  ...[topics.notify, topics.publish],
];
