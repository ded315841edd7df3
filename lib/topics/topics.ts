import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type Subscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** Props of `Topics`. */
export interface TopicsProps {
  /** Addresses that receive pages. */
  readonly alarmEmails: readonly string[];
  /** Addresses that receive tickets. */
  readonly ticketEmails: readonly string[];
}

/** SNS topics to which people and systems subscribe. */
export class Topics extends Construct {
  /** Key that encrypts all topics: CloudWatch cannot publish alarms to a topic that uses the AWS managed key. */
  readonly key: Key;
  /** For people: what rules send with `notify`. */
  readonly notify: Topic;
  /** For systems: what rules send with `publish`. */
  readonly publish: Topic;
  /** For the one on duty: CloudWatch alarms that cannot wait until morning. */
  readonly alarms: Topic;
  /** For whoever is at work next: all other CloudWatch alarms. */
  readonly tickets: Topic;
  /** One per topic and e-mail address that receives alarms. */
  readonly emailSubscriptions: readonly Subscription[];

  constructor(scope: Construct, id: string, props: TopicsProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts what Cyberdesk webhooks announce',
      enableKeyRotation: true,
      // It protects messages in transit only; nothing stored needs it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.notify = this.#addTopic('Notify');
    this.publish = this.#addTopic('Publish');
    this.alarms = this.#addTopic('Alarms');
    this.tickets = this.#addTopic('Tickets');
    this.emailSubscriptions = [
      ...props.alarmEmails.map((email) => this.alarms.addSubscription(new EmailSubscription(email))),
      ...props.ticketEmails.map((email) => this.tickets.addSubscription(new EmailSubscription(email))),
    ];
    this.#letAlarmsPublish(this.alarms, this.tickets);
  }

  #addTopic(id: string): Topic {
    return new Topic(this, id, { masterKey: this.key, enforceSSL: true });
  }

  /**
   * CloudWatch publishes and calls KMS under its own service principal, so it needs both the topic policy and the key
   * policy. Without either, an alarm fires, no e-mail arrives and nothing reports the failure.
   */
  #letAlarmsPublish(...topics: Topic[]): void {
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
    for (const topic of topics) {
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AlarmsPublish',
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          ...alarmsOfThisAccount,
        }),
      );
    }
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
