import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type Subscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface TopicsProps {
  /** Addresses that get alarms. */
  readonly alarmEmails: readonly string[];
}

/** Where people and systems subscribe. */
export class Topics extends Construct {
  /** One key of our own for all: alarms cannot be published to a topic under the key that AWS manages. */
  readonly key: Key;
  /** To people: what rules say with `notify`. */
  readonly notify: Topic;
  /** To systems: what rules say with `publish`. */
  readonly publish: Topic;
  /** To people on duty: CloudWatch's alarms. */
  readonly alarms: Topic;
  /** One per address that gets alarms. */
  readonly mails: readonly Subscription[];

  constructor(scope: Construct, id: string, props: TopicsProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts what Cyberdesk webhooks announce',
      enableKeyRotation: true,
      // It protects messages on their way only; nothing that is kept needs it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.notify = this.addTopic('Notify');
    this.publish = this.addTopic('Publish');
    this.alarms = this.addTopic('Alarms');
    this.mails = props.alarmEmails.map((email) => this.alarms.addSubscription(new EmailSubscription(email)));
    this.letAlarmsPublish();
  }

  private addTopic(id: string): Topic {
    return new Topic(this, id, { masterKey: this.key, enforceSSL: true });
  }

  /**
   * Topic policy and key policy: CloudWatch publishes as itself and calls KMS itself. Without either, the alarm fires
   * and the mail does not come, and nothing says so.
   */
  private letAlarmsPublish(): void {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const alarmsOfThisAccount = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': alarms },
      },
    };
    this.alarms.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        actions: ['sns:Publish'],
        resources: [this.alarms.topicArn],
        ...alarmsOfThisAccount,
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsEncrypt',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        ...alarmsOfThisAccount,
      }),
    );
  }
}
