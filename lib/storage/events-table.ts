import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { BY_DAY_INDEX, INDEX_ATTRIBUTES, OPEN_INDEX, TTL_ATTRIBUTE } from '../../lambda/core/model/index.ts';

const string = (name: string) => ({ name, type: AttributeType.STRING });

/** Props of `EventsTable`. */
export interface EventsTableProps {
  /** Retains the table when the stack is deleted, and protects it from deletion. */
  readonly protectData: boolean;
  /** Encrypts the table; undefined: a key of AWS does. */
  readonly key: IKey | undefined;
  /** Lets the table be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/** Every event, completion and lineage in one table. */
export class EventsTable extends Construct {
  /** The DynamoDB table. */
  readonly table: Table;

  constructor(scope: Construct, id: string, props: EventsTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(props.key
        ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.key }
        : { encryption: TableEncryption.DEFAULT }),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery },
      deletionProtection: props.protectData,
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // Both since the first release: CloudFormation can add only one index per deployment.
    this.#addIndex(OPEN_INDEX, 'open');
    this.#addIndex(BY_DAY_INDEX, 'day');
  }

  #addIndex(indexName: string, partition: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: string(partition),
      sortKey: string('received_at'),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...INDEX_ATTRIBUTES],
    });
  }
}
