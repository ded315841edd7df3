import { Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { CyberdeskWebhooks } from '../../lib/cyberdesk-webhooks.ts';
import type { AlarmOptions } from '../../lib/props.ts';
import { ofType, one, type Resource, synth, type Template, testApp } from './support/synth.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const full = synth({ alarms: { silenceHours: 24 }, sourceIpAllowList: ['203.0.113.0/24'] });
const basic = synth({ protectData: false });

const idOf = ({ Properties }: Resource): string => Properties.AlarmName.split('/')[1];
/** Ids of alarms of a template, by the topics that they publish to. */
function notified(template: Template): Record<string, string[]> {
  const topics: Record<string, string[]> = { Alarms: [], Tickets: [], none: [] };
  for (const type of [ALARM, COMPOSITE]) {
    for (const [, alarm] of ofType(template, type)) {
      const [action = { Ref: 'none' }, ...others] = alarm.Properties.AlarmActions ?? [];
      expect(others, idOf(alarm)).toEqual([]);
      expect(alarm.Properties.ActionsEnabled ?? true).toBe(true);
      topics[/Alarms|Tickets|none/.exec(action.Ref)?.[0] ?? '']?.push(idOf(alarm));
    }
  }
  return topics;
}
/** A rule with the ids of alarms in place of their ARNs. */
const ruleOf = (alarm: Resource): string =>
  alarm.Properties.AlarmRule['Fn::Join'][1]
    .map((part: string | { 'Fn::GetAtt': [string] }) =>
      typeof part === 'string' ? part : /Alarms(.+)[0-9A-F]{8}$/.exec(part['Fn::GetAtt'][0])?.[1],
    )
    .join('');

describe('severities', () => {
  it('an alarm is a page if it cannot wait until morning, a ticket, or only read by others', () => {
    expect(notified(full)).toEqual({
      Alarms: [
        'SigningSecretNotSet',
        'SigningSecretMalformed',
        'SignatureRejections',
        'Silence',
        'CyberdeskUnavailable',
        'ApiKeyNotSet',
        'ApiKeyRejected',
        'FailingMessages',
        'UnexplainedServerErrors',
        'EventsLate',
      ],
      Tickets: [
        'ThrottledRequests',
        'SourceRejections',
        'BodyTooLarge',
        'SigningSecretOddLength',
        'PreviousSecretUsed',
        'UnprocessableEvents',
        'UnknownStatuses',
        'FailedFollowUps',
        'DeadLetters',
        'FunctionErrors',
        'FunctionThrottles',
        'SlowBurn',
      ],
      none: [
        'ServerErrors',
        'FastBurnLong',
        'FastBurnShort',
        'SlowBurnLong',
        'SlowBurnShort',
        'OldestUnfinishedEvent',
        'EndpointCause',
        'WaitingCause',
        'SlowBurnCause',
      ],
    });
  });

  it('an alarm of basic monitoring reads one metric and notifies someone itself', () => {
    const { Alarms, Tickets, none } = notified(basic);

    expect(none).toEqual([]);
    expect(Alarms).toEqual([
      'ServerErrors',
      'SigningSecretNotSet',
      'SigningSecretMalformed',
      'SignatureRejections',
      'OldestUnfinishedEvent',
      'ApiKeyNotSet',
      'ApiKeyRejected',
      'FailingMessages',
    ]);
    expect(Tickets).toEqual([
      'ThrottledRequests',
      'BodyTooLarge',
      'PreviousSecretUsed',
      'UnprocessableEvents',
      'UnknownStatuses',
      'FailedFollowUps',
      'DeadLetters',
      'FunctionErrors',
    ]);
    for (const [, { Properties }] of ofType(basic, ALARM)) expect(Properties).not.toHaveProperty('Metrics');
    expect(ofType(basic, COMPOSITE)).toEqual([]);
    expect(ofType(basic, 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  it('messages that fail ring with basic monitoring too, by their number alone', () => {
    const { Properties } = one(basic, ALARM, 'AlarmsFailingMessages');

    expect(Properties).toMatchObject({
      MetricName: 'MessageFailed',
      Statistic: 'Sum',
      Period: 1800,
      Threshold: 5,
    });
    expect(JSON.stringify(Properties.AlarmDescription)).toContain('5 times or more');
  });

  it('a processor that does not load rings with basic monitoring too: by what Lambda counts', () => {
    const { Properties } = one(basic, ALARM, 'AlarmsFunctionErrors');

    expect(Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringContaining('Processor') } }],
      Statistic: 'Sum',
      Period: 1200,
      Threshold: 1,
    });
  });

  it('monitoring is basic where the data goes with the stage, unless the settings say otherwise', () => {
    const dashboards = (template: Template) => ofType(template, 'AWS::CloudWatch::Dashboard').length;

    expect(dashboards(synth({}))).toBe(1);
    expect(dashboards(basic)).toBe(0);
    expect(dashboards(synth({ protectData: false, monitoring: 'full' }))).toBe(1);
    expect(dashboards(synth({ monitoring: 'basic' }))).toBe(0);
  });

  it('actions of the construct run for pages, and for tickets too unless these have their own', () => {
    const action = (alarmActionArn: string): IAlarmAction => ({ bind: () => ({ alarmActionArn }) });
    const actionsOf = (alarms: AlarmOptions, id: string): unknown[] => {
      const stack = new Stack(testApp(), 'Mine');
      new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live', alarms });
      return one(templateOf(stack), ALARM, `Alarms${id}`).Properties.AlarmActions.slice(1);
    };

    expect(actionsOf({ actions: [action('duty')] }, 'ApiKeyRejected')).toEqual(['duty']);
    expect(actionsOf({ actions: [action('duty')] }, 'DeadLetters')).toEqual(['duty']);
    const both = { actions: [action('duty')], ticketActions: [action('board')] };
    expect(actionsOf(both, 'DeadLetters')).toEqual(['board']);
    expect(actionsOf(both, 'ApiKeyRejected')).toEqual(['duty']);
  });
});

describe('composite alarms', () => {
  const composites = Object.fromEntries(ofType(full, COMPOSITE).map(([, alarm]) => [idOf(alarm), alarm]));

  it('composite alarms ring for effects, of which a burn shows in a long and a short window', () => {
    expect(Object.fromEntries(Object.entries(composites).map(([id, alarm]) => [id, ruleOf(alarm)]))).toEqual({
      EndpointCause: '((ALARM("SigningSecretNotSet")) OR (ALARM("SigningSecretMalformed")))',
      UnexplainedServerErrors: '((ALARM("ServerErrors")))',
      WaitingCause:
        '((ALARM("CyberdeskUnavailable")) OR (ALARM("ApiKeyNotSet")) OR (ALARM("ApiKeyRejected")) OR (ALARM("FailingMessages")))',
      EventsLate: '((ALARM("FastBurnLong") AND ALARM("FastBurnShort")) OR (ALARM("OldestUnfinishedEvent")))',
      SlowBurnCause: '((ALARM("WaitingCause")) OR (ALARM("EventsLate")))',
      SlowBurn: '((ALARM("SlowBurnLong") AND ALARM("SlowBurnShort")))',
    });
  });

  it.each([
    ['UnexplainedServerErrors', 'EndpointCause', 1],
    ['EventsLate', 'WaitingCause', 1],
    ['SlowBurn', 'SlowBurnCause', 2],
  ])(
    'composite alarms are muted while their cause rings and for a time after it: %s',
    (effect, cause, hours) => {
      const { ActionsSuppressor, ...others } = composites[effect]?.Properties ?? {};

      expect(ActionsSuppressor['Fn::GetAtt'][0]).toContain(`Alarms${cause}`);
      expect(others).toMatchObject({
        ActionsSuppressorWaitPeriod: 300,
        ActionsSuppressorExtensionPeriod: hours * 3600,
      });
    },
  );

  it('an alarm that mutes pages is a page itself', () => {
    const { Alarms: pages = [] } = notified(full);
    const causes = [
      ...`${ruleOf(composites.EndpointCause as Resource)} ${ruleOf(composites.WaitingCause as Resource)}`.matchAll(
        /"(\w+)"/g,
      ),
    ];

    expect(causes).toHaveLength(6);
    for (const [, cause] of causes) expect(pages).toContain(cause);
  });
});

const templateOf = (stack: Stack): Template =>
  (stack.node.root as ReturnType<typeof testApp>).synth().getStackByName(stack.stackName).template;
