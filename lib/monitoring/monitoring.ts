import { Annotations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import { alarmList } from './alarm-list.ts';
import { Alarms } from './alarms.ts';
import { compositeList } from './composite-list.ts';
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
  /** Dashboard of the stage; undefined with basic monitoring. */
  readonly dashboard: OperationsDashboard | undefined;

  constructor(scope: Construct, id: string, { installation, settings }: MonitoringProps) {
    super(scope, id);
    const { stage, monitoring } = settings;
    const { emails, actions, ticketActions, runbookUrl } = settings.alarms;
    const { topics, endpoint } = installation;
    countThrottledRequests(this, endpoint.accessLogs);
    this.alarms = new Alarms(this, 'Alarms', {
      stage,
      definitions: alarmList(installation, settings),
      composites: monitoring === 'full' ? compositeList(installation) : [],
      runbookUrl,
      actions: {
        page: [publishTo(topics.alarms), ...actions],
        ticket: [publishTo(topics.tickets), ...ticketActions],
      },
    });
    if (monitoring === 'full')
      this.dashboard = new OperationsDashboard(this, 'Operations', { installation, alarms: this.alarms });
    if (emails.length === 0 && actions.length === 0) {
      Annotations.of(this).addWarningV2(
        'cyberdesk-webhooks:no-alarm-emails',
        `stage "${stage}": alarms.emails: none is set; alarms reach no one until someone subscribes to the topics in the AlarmTopicArn and TicketTopicArn outputs`,
      );
    }
  }
}

/** The cast: CDK is not compiled with exact optional properties. */
const publishTo = (topic: ITopic): IAlarmAction => new SnsAction(topic) as IAlarmAction;
