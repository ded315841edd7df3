import { Annotations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { CyberdeskWebhooks } from '../cyberdesk-webhooks.ts';
import type { Settings } from '../settings/defaults.ts';
import { alarmList } from './alarm-list.ts';
import { Alarms } from './alarms.ts';
import { OperationsDashboard } from './dashboard.ts';
import { countThrottledRequests } from './throttle-filter.ts';

export interface MonitoringProps {
  readonly webhooks: CyberdeskWebhooks;
  readonly stage: string;
  readonly settings: Settings;
}

/** Alarms and dashboard of an installation. */
export class Monitoring extends Construct {
  readonly alarms: Alarms;
  readonly dashboard: OperationsDashboard;

  constructor(scope: Construct, id: string, { webhooks, stage, settings }: MonitoringProps) {
    super(scope, id);
    countThrottledRequests(this, webhooks.endpoint.accessLogs);
    this.alarms = new Alarms(this, 'Alarms', {
      stage,
      definitions: alarmList(webhooks, settings),
      runbookUrl: settings.alarms.runbookUrl,
      action: new SnsAction(webhooks.topics.alarms) as IAlarmAction,
    });
    this.dashboard = new OperationsDashboard(this, 'Operations', { webhooks, alarms: this.alarms.all });
    if (settings.alarms.emails.length === 0) {
      Annotations.of(this).addWarningV2(
        'cyberdesk-webhooks:no-alarm-emails',
        `stage "${stage}": alarms.emails: none is set; nobody hears of an alarm unless they subscribe to the AlarmTopicArn output`,
      );
    }
  }
}
