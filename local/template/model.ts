/** What the local run starts, read from one stack's template. All names and ARNs are physical. */
export interface StackModel {
  readonly name: string;
  /** Absolute path of the template. */
  readonly templateFile: string;
  readonly account: string;
  readonly region: string;
  readonly data: DataModel;
  readonly functions: readonly FunctionModel[];
  readonly routes: readonly RouteModel[];
  readonly eventSources: readonly EventSourceModel[];
  readonly schedules: readonly ScheduleModel[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What the customer has added and a local run is without, as in `the resource type AWS::S3::Bucket (Reports)`. */
  readonly leftOut: readonly string[];
}

/** Resources that hold data; they are created before the functions, whose environment names them. */
export interface DataModel {
  readonly tables: readonly TableModel[];
  readonly queues: readonly QueueModel[];
  readonly topics: readonly TopicModel[];
  readonly secrets: readonly SecretModel[];
  readonly keys: readonly KeyModel[];
}

export interface Named {
  readonly logicalId: string;
  readonly label: string;
  readonly name: string;
  readonly arn: string;
  /** Construct path, if the customer has made it. */
  readonly ownPath?: string | undefined;
}

export interface TableModel extends Named {
  /** Parameters of DynamoDB's CreateTable. */
  readonly create: Readonly<Record<string, unknown>>;
  /** Partition key, then sort key if there is one. */
  readonly keyNames: readonly string[];
  readonly ttlAttribute: string | undefined;
  /** Id or ARN of the customer's key that encrypts it; absent: none. The same in the models below. */
  readonly keyId?: string | undefined;
}

export interface QueueModel extends Named {
  readonly url: string;
  /** Attributes for SQS's CreateQueue, values as text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly visibilityTimeoutSeconds: number;
  readonly keyId?: string | undefined;
  readonly policy: PolicyDocument | undefined;
}

export interface TopicModel extends Named {
  /** Attributes for SNS's CreateTopic, values as text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly keyId: string | undefined;
  readonly policy: PolicyDocument | undefined;
  readonly subscriptions: readonly SubscriptionModel[];
}

export interface SubscriptionModel {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Attributes for SNS's Subscribe, values as text. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SecretModel extends Named {
  /** Whether CloudFormation generates a first value. */
  readonly isGenerated: boolean;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly policy: PolicyDocument | undefined;
}

export interface KeyModel {
  readonly id: string;
  readonly arn: string;
  readonly policy: PolicyDocument | undefined;
}

export interface FunctionModel extends Named {
  readonly role: RoleModel;
  /** `index.handler` */
  readonly handler: string;
  /** `nodejs24.x` */
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Absolute path of the unpacked bundle. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly traced: boolean;
  readonly jsonLogs: boolean;
  readonly reservedConcurrency: number | undefined;
  /** Who may invoke it: ARNs and service principals. */
  readonly invokers: readonly { readonly principal: string; readonly sourceArn: string | undefined }[];
}

export interface RoleModel extends Omit<Named, 'label'> {
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly [key: string]: unknown;
}

export interface RouteModel {
  /** `POST /webhooks/cyberdesk`, `ANY /x/{proxy+}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly apiId: string;
  /** `$default`, or the first segment of every path. */
  readonly stage: string;
  /** The stage's requests per second and burst; undefined when the template sets no limit. */
  readonly throttle: { readonly rate: number; readonly burst: number } | undefined;
}

export interface EventSourceModel {
  readonly logicalId: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** Most concurrent invocations; five, as Lambda starts with, when the template sets no limit. */
  readonly maxConcurrency: number;
  readonly reportsItemFailures: boolean;
  readonly enabled: boolean;
}

export interface ScheduleModel extends Named {
  readonly functionArn: string;
  readonly everySeconds: number;
  /** The constant input of the target; undefined for EventBridge's own event. */
  readonly input: string | undefined;
  readonly enabled: boolean;
}
