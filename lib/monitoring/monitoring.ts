import { Annotations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import { alarmList } from './alarm-list.ts';
import { Alarms } from './alarms.ts';
import { OperationsDashboard } from './dashboard.ts';
import { countThrottledRequests } from './throttle-filter.ts';

/** Props of `Monitoring`. */
export interface MonitoringProps {
  readonly installation: Installation;
  readonly settings: Settings;
}

/** Alarms and dashboard of an installation. */
export class Monitoring extends Construct {
  /** All alarms. */
  readonly alarms: Alarms;
  /** Dashboard of the stage. */
  readonly dashboard: OperationsDashboard;

  constructor(scope: Construct, id: string, { installation, settings }: MonitoringProps) {
    super(scope, id);
    const { stage } = settings;
    const { emails, actions, runbookUrl } = settings.alarms;
    countThrottledRequests(this, installation.endpoint.accessLogs);
    this.alarms = new Alarms(this, 'Alarms', {
      stage,
      definitions: alarmList(installation, settings),
      runbookUrl,
      // The cast: CDK is not compiled with exact optional properties.
      actions: [new SnsAction(installation.topics.alarms) as IAlarmAction, ...actions],
    });
    this.dashboard = new OperationsDashboard(this, 'Operations', { installation, alarms: this.alarms.all });
    if (emails.length === 0 && actions.length === 0) {
      Annotations.of(this).addWarningV2(
        'cyberdesk-webhooks:no-alarm-emails',
        `stage "${stage}": alarms.emails: none is set; alarms reach no one until someone subscribes to the topic in the AlarmTopicArn output`,
      );
    }
  }
}
