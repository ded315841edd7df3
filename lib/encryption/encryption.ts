import { Annotations, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { KEY_USES, type KeyPlace, logsStatement, neededStatements, placeOfKey } from './key-statements.ts';

/** With what an installation is encrypted. */
export interface Encryption {
  /** Encrypts every store; undefined: each service uses a key of its own. */
  readonly key: IKey | undefined;
  /** What was stored earlier may need these to be read. */
  readonly previous: readonly IKey[];
}

/** Services that call KMS on behalf of whoever calls them. */
export type KeyUser = 'dynamodb' | 'secretsmanager' | 'sns' | 'sqs';

/** The names that KMS knows them by end in region and partition, which a key has only one of. */
const via = (services: readonly KeyUser[]) => ({
  StringLike: { 'kms:ViaService': services.map((service) => `${service}.*`) },
});

/** Statements of a role that uses the keys through some services: statement id → permissions. */
export const keyStatements = ({ key, previous }: Encryption, ...services: KeyUser[]) => ({
  ...(key && { UseKey: { actions: [...KEY_USES], resources: [key.keyArn], conditions: via(services) } }),
  ...(previous.length > 0 && {
    DecryptEarlier: {
      actions: ['kms:Decrypt'],
      resources: previous.map(({ keyArn }) => keyArn),
      conditions: via(services),
    },
  }),
});

/**
 * A statement of a function's role. Lambda decrypts the environment by a grant that it makes when the function is created or
 * changed; this holds if someone withdraws the grant.
 */
export function decryptEnvironment(scope: IConstruct, { key }: Encryption) {
  if (!key) return {};
  const functions = Stack.of(scope).formatArn({
    ...{ service: 'lambda', resource: 'function', resourceName: '*' },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const conditions = { ArnLike: { 'kms:EncryptionContext:aws:lambda:FunctionArn': functions } };
  return { DecryptEnvironment: { actions: ['kms:Decrypt'], resources: [key.keyArn], conditions } };
}

/** Grants what whoever uses some services needs of the keys; nothing without a key. */
export function grantKeys(grantee: IGrantable, encryption: Encryption, ...services: KeyUser[]): Grant {
  return Object.values(keyStatements(encryption, ...services))
    .map(({ actions, resources, conditions }) =>
      Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions }),
    )
    .reduce((all, one) => all.combine(one), Grant.drop(grantee, 'uses no key'));
}

/** Grants what DynamoDB needs besides to encrypt a new table with the key, on behalf of whoever makes it. */
export const grantKeyToTables = (grantee: IGrantable, { key }: Encryption): Grant =>
  key
    ? Grant.addToPrincipal({
        grantee,
        actions: ['kms:CreateGrant'],
        resourceArns: [key.keyArn],
        conditions: { ...via(['dynamodb']), Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      })
    : Grant.drop(grantee, 'uses no key');

/** The stack, as the place of a key. */
export function placeOf(scope: IConstruct): KeyPlace {
  const { partition, region, account, urlSuffix, stackName } = Stack.of(scope);
  return { partition, region, account, urlSuffix, stackName };
}

/** Lets the log groups use a key of the stack's own. */
export const letLogsEncrypt = (scope: IConstruct, key: IKey): boolean =>
  addStatement(key, logsStatement(placeOf(scope)));

/**
 * What the key of the customer's must allow goes into its policy, if the app has the key; otherwise it is printed: CDK
 * cannot edit the policy of a key that it knows by ARN only.
 */
export function completePolicy(scope: IConstruct, stage: string, key: IKey): void {
  const place = placeOf(scope);
  const added = neededStatements(place).map((statement) => addStatement(key, statement));
  if (added.every(Boolean) || Token.isUnresolved(key.keyArn)) return;
  const account = Token.isUnresolved(place.account) ? undefined : place.account;
  const statements = neededStatements(placeOfKey(key.keyArn, place.stackName, account));
  // Not an info, which the CLI leaves out of its report of a synthesis.
  Annotations.of(scope).addWarningV2(
    'cyberdesk-webhooks:key-policy',
    `stage "${stage}": encryptionKey: the policy of ${key.keyArn} must have these statements, or others that allow the same; acknowledge this once it has: ${JSON.stringify(statements)}`,
  );
}

export const addStatement = (key: IKey, statement: object): boolean =>
  key.addToResourcePolicy(PolicyStatement.fromJson(statement)).statementAdded;
