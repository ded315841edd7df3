import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type Subscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import {
  addStatement,
  completePolicy,
  type Encryption,
  letLogsEncrypt,
  placeOf,
} from '../encryption/encryption.ts';
import { alarmsStatement } from '../encryption/key-statements.ts';
import type { Settings } from '../settings/defaults.ts';

/** Props of `Topics`. */
export interface TopicsProps {
  readonly settings: Settings;
}

/** SNS topics to which people and systems subscribe, and the key of the stack's own. */
export class Topics extends Construct {
  /** Key that encrypts all topics: CloudWatch cannot publish alarms to a topic that uses the AWS managed key. */
  readonly key: IKey;
  /** With what everything else is encrypted: with `encryptionKey: 'create'`, with the same key. */
  readonly encryption: Encryption;
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

  constructor(scope: Construct, id: string, { settings }: TopicsProps) {
    super(scope, id);
    const { encryptionKey, previousEncryptionKeys, alarms } = settings;
    const given = encryptionKey === 'create' ? undefined : encryptionKey;
    const isKept = previousEncryptionKeys.includes('create');
    const own = given && !isKept ? undefined : this.#addKey(settings);
    this.key = given ?? (own as Key);
    this.encryption = {
      key: given ?? (encryptionKey && own),
      previous: previousEncryptionKeys.flatMap((key) => (key === 'create' ? (own ?? []) : key)),
    };
    if (given) completePolicy(this, given);
    this.notify = this.#addTopic('Notify');
    this.publish = this.#addTopic('Publish');
    this.alarms = this.#addTopic('Alarms');
    this.tickets = this.#addTopic('Tickets');
    this.emailSubscriptions = [
      ...alarms.emails.map((email) => this.alarms.addSubscription(new EmailSubscription(email))),
      ...alarms.ticketEmails.map((email) => this.tickets.addSubscription(new EmailSubscription(email))),
    ];
    this.#letAlarmsPublish(this.alarms, this.tickets);
  }

  /** Its place in the tree is from before it could encrypt more than topics: another would replace it. */
  #addKey({ encryptionKey, previousEncryptionKeys, protectData }: Settings): Key {
    const isOfStores = encryptionKey === 'create' || previousEncryptionKeys.includes('create');
    const key = new Key(this, 'Key', {
      description: isOfStores
        ? 'Encrypts what Cyberdesk webhooks store and announce'
        : 'Encrypts what Cyberdesk webhooks announce',
      enableKeyRotation: true,
      // A key of topics protects messages in transit only. Without a key of stores, what was stored is lost; one that was
      // never created in full has stored nothing.
      removalPolicy:
        isOfStores && protectData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    addStatement(key, alarmsStatement(placeOf(this)));
    if (isOfStores) letLogsEncrypt(this, key);
    return key;
  }

  #addTopic(id: string): Topic {
    return new Topic(this, id, { masterKey: this.key, enforceSSL: true });
  }

  /** CloudWatch publishes under its own service principal, so it needs the topic policy and the key policy. */
  #letAlarmsPublish(...topics: Topic[]): void {
    const { Principal, Condition } = alarmsStatement(placeOf(this));
    for (const topic of topics) {
      const statement = {
        Sid: 'AlarmsPublish',
        Effect: 'Allow',
        Principal,
        Action: 'sns:Publish',
        Condition,
      };
      topic.addToResourcePolicy(PolicyStatement.fromJson({ ...statement, Resource: topic.topicArn }));
    }
  }
}
