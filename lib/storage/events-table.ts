import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { BY_DAY_INDEX, INDEX_ATTRIBUTES, OPEN_INDEX, TTL_ATTRIBUTE } from '../../lambda/core/model/index.ts';

const string = (name: string) => ({ name, type: AttributeType.STRING });

export interface EventsTableProps {
  /** Keep the table when the stack goes, and refuse to delete it. */
  readonly protectData: boolean;
}

/** Every event, completion and lineage in one table. */
export class EventsTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: EventsTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.protectData,
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // Both from the first release: CloudFormation adds only one index per deployment.
    this.addIndex(OPEN_INDEX, 'open');
    this.addIndex(BY_DAY_INDEX, 'day');
  }

  private addIndex(indexName: string, partition: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: string(partition),
      sortKey: string('received_at'),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...INDEX_ATTRIBUTES],
    });
  }
}
