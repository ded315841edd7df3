import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Where people and systems subscribe. */
export class Topics extends Construct {
  readonly key: Key;
  /** To people: what rules say with `notify`. */
  readonly notify: Topic;
  /** To systems: what rules say with `publish`. */
  readonly publish: Topic;
  /** To people on duty: CloudWatch's alarms. */
  readonly alarms: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', { enableKeyRotation: true });
    this.notify = this.addTopic('Notify');
    this.publish = this.addTopic('Publish');
    this.alarms = this.addTopic('Alarms');
  }

  private addTopic(id: string): Topic {
    return new Topic(this, id, { masterKey: this.key, enforceSSL: true });
  }
}
