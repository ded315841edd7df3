import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linksOf } from '../../ops/logs/links.ts';
import { logsOf } from '../../ops/logs/read-logs.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
const TIME = Date.parse('2026-11-25T10:00:00Z');

const line = (level: string, message: string, facts: object = {}) =>
  JSON.stringify({ level, message, timestamp: 't', service: 'processor', ...facts });

const DONE = line('ERROR', 'message done', { event_id: 'event-1', run_id: 'run-1', reason: 'rule_threw' });

const template = {
  Resources: {
    ProcessorFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        LoggingConfig: { LogGroup: { Ref: 'ProcessorLogs' } },
        Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'processor' } },
      },
    },
    ProcessorLogs: { Type: 'AWS::Logs::LogGroup' },
  },
};

/** A deployed stage whose processor has logged this, each page of an answer with one line. */
function deployed(...messages: string[]) {
  const aws = stubAws({
    GetTemplate: { TemplateBody: JSON.stringify(template) },
    ListStackResources: {
      StackResourceSummaries: [{ LogicalResourceId: 'ProcessorLogs', PhysicalResourceId: '/aws/group' }],
    },
    FilterLogEvents: ({ nextToken = '0' }: Record<string, unknown>) => {
      const index = Number(nextToken);
      return {
        events: [{ eventId: nextToken, timestamp: TIME + index, message: messages[index] }],
        ...(index + 1 < messages.length && { nextToken: String(index + 1) }),
      };
    },
  });
  const { cloudFormation, logs } = aws.clients;
  const stage: Stage = { ...here.stage, clients: { ...here.stage.clients, cloudFormation, logs } };
  return { aws, stage, logs: (...argv: string[]) => run(['logs', ...argv], { connect: async () => stage }) };
}

it('logs shows the lines of one function by its name', async () => {
  const { logs } = deployed(DONE);

  expect((await logs('--since', '2026-11-25', '--function', 'processor')).out).toContain('message done');
  expect((await logs('--since', '2026-11-25', '--function', 'persist')).out).toMatch(/^nothing since /);
});

it('logs shows the lines of every function of a deployed stage, oldest first and page by page', async () => {
  const { logs } = deployed('START RequestId: 1\n', DONE);
  const { code, out } = await logs('--since', '2026-11-25');

  expect(code).toBe(0);
  expect(out.split('\n').slice(0, 2)).toEqual([
    '2026-11-25T10:00:00.000Z processor START RequestId: 1',
    '2026-11-25T10:00:00.001Z processor ERROR message done  event_id=event-1 run_id=run-1 reason=rule_threw',
  ]);
});

/** A deployed stage with the log groups of three functions, of which these cannot be read. */
function withoutGroups(...gone: string[]) {
  const names = ['verifier', 'processor', 'Handler'];
  const functionOf = (name: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      LoggingConfig: { LogGroup: { Ref: `Logs${name}` } },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: name } },
    },
  });
  const Resources = Object.fromEntries(names.map((name) => [name, functionOf(name)]));
  const aws = stubAws({
    GetTemplate: { TemplateBody: JSON.stringify({ Resources }) },
    ListStackResources: {
      StackResourceSummaries: names.map((name) => ({
        LogicalResourceId: `Logs${name}`,
        PhysicalResourceId: `/aws/${name}`,
      })),
    },
    FilterLogEvents: ({ logGroupName = '' }: Record<string, unknown>) =>
      gone.includes(`${logGroupName}`)
        ? awsError('ResourceNotFoundException')
        : {
            events: [
              {
                eventId: logGroupName,
                timestamp: TIME,
                message: line('INFO', `${logGroupName}`, { event_id: 'event-1' }),
              },
            ],
          },
  });
  const { cloudFormation, logs } = aws.clients;
  const stage: Stage = { ...here.stage, clients: { ...here.stage.clients, cloudFormation, logs } };
  return {
    aws,
    gone,
    stage,
    logs: (...argv: string[]) => run(['logs', ...argv], { connect: async () => stage }),
  };
}

it('logs shows the lines of the other functions if a log group was deleted, names it and exits with 1', async () => {
  const { logs } = withoutGroups('/aws/Handler');
  const { code, out, err } = await logs('--since', '2026-11-25');

  expect(code).toBe(1);
  expect(out.match(/\/aws\/\w+/g)).toEqual(['/aws/verifier', '/aws/processor']);
  expect(err).toMatch(
    /^warning: lines of Handler could not be read: the log group \/aws\/Handler does not exist: /,
  );
  const { json } = await logs('--since', '2026-11-25', '--json');
  expect(json()).toMatchObject({
    lines: [{ function: 'verifier' }, { function: 'processor' }],
    unread: [{ function: 'Handler', problem: 'the log group /aws/Handler does not exist' }],
  });
});

it('logs fails if no log group can be read', async () => {
  const { logs } = withoutGroups('/aws/Handler');
  const { code, err } = await logs('--since', '2026-11-25', '--function', 'Handler');

  expect(code).toBe(2);
  expect(err).toContain('the log group /aws/Handler does not exist');
});

it('a log that could not be read is read later from where it was left', async () => {
  const { aws, gone, stage } = withoutGroups('/aws/Handler');
  const read = await logsOf(stage, { since: 0 }, () => undefined);
  await read();
  gone.pop();

  expect((await read()).map((each) => each.function)).toEqual(['Handler']);
  const since = aws.called('FilterLogEvents').map(({ input }) => [input.logGroupName, input.startTime]);
  expect(since.slice(3)).toEqual([
    ['/aws/verifier', TIME - 60_000],
    ['/aws/processor', TIME - 60_000],
    ['/aws/Handler', 0],
  ]);
});

it('a reader of logs that takes no note of unread ones fails with the first', async () => {
  const read = await logsOf(withoutGroups('/aws/Handler').stage, { since: 0 });

  await expect(read()).rejects.toThrow('/aws/Handler does not exist');
});

it('logs asks only for lines with the id that is given', async () => {
  const { aws, logs } = deployed(DONE);
  const { json } = await logs('--event', 'event-1', '--json');

  expect(aws.called('FilterLogEvents')[0]?.input).toMatchObject({
    logGroupName: '/aws/group',
    filterPattern: '"event-1"',
  });
  expect(json()).toMatchObject({ lines: [{ function: 'processor', line: { reason: 'rule_threw' } }] });
});

it('logs leaves out metrics, and says how to look further back if there is nothing', async () => {
  const { out, err } = await deployed(JSON.stringify({ _aws: {}, EventProcessed: 1 })).logs();

  expect(out + err).toContain('look further back with --since');
});

it('logs shows a line that carries metrics without them', async () => {
  const directive = { Namespace: 'n', Dimensions: [['stack']], Metrics: [{ Name: 'EventProcessed' }] };
  const _aws = { Timestamp: TIME, CloudWatchMetrics: [directive] };
  const { json } = await deployed(
    line('INFO', 'message done', { event_id: 'event-1', stack: 's', EventProcessed: 1, _aws }),
  ).logs('--json');

  const shown = JSON.parse(line('INFO', 'message done', { event_id: 'event-1' }));
  expect(json()).toEqual({ lines: [expect.objectContaining({ line: shown })] });
});

it('logs shows the lines of the local run', async () => {
  const lines = [
    {
      time: Date.now(),
      function: 'verifier',
      text: line('INFO', 'webhook accepted', { event_id: 'event-1' }),
    },
    {
      time: Date.now(),
      function: 'verifier',
      text: line('INFO', 'webhook accepted', { event_id: 'event-2' }),
    },
    { time: 0, function: 'verifier', text: line('INFO', 'an hour before', { event_id: 'event-1' }) },
  ];
  const server = createServer((_request, response) => response.end(JSON.stringify({ lines })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const localUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stage: Stage = { ...here.stage, localUrl };

  const { out } = await run(['logs', '--event', 'event-1'], { connect: async () => stage });

  expect(out.trim().split('\n')).toEqual([
    expect.stringMatching(/ verifier\s+INFO\s+webhook accepted {2}event_id=event-1$/),
  ]);
});

describe('links to the AWS console', () => {
  const about = {
    event_id: 'event-1',
    received_at: '2026-11-25T10:00:00Z',
    finished_at: '2026-11-25T10:00:03Z',
  };
  const traced = line('INFO', 'message done', { event_id: 'event-1', xray_trace_id: '1-65f0-abc' });

  it('events show links the logs of each function that speaks of the event, and the traces that its lines name', async () => {
    const { stage, aws } = deployed(DONE, traced, traced);

    const links = await linksOf(stage, about);

    const slash = '$252F';
    const asked = `?filterPattern=%22event-1%22&start=${TIME - 60_000}&end=${TIME + 63_000}`;
    const escaped = encodeURIComponent(asked).replaceAll('%', '$');
    const at = 'https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#';
    expect(links).toEqual({
      logs: [
        {
          function: 'processor',
          url: `${at}logsV2:log-groups/log-group/${slash}aws${slash}group/log-events${escaped}`,
        },
      ],
      traces: [`${at}xray:traces/1-65f0-abc`],
    });
    // Days of other lines are not searched.
    expect(aws.called('FilterLogEvents')[0]?.input).toMatchObject({ endTime: TIME + 63_000 });
  });

  it('events show links no trace where no line names one, and nothing where no line speaks of the event', async () => {
    expect(await linksOf(deployed(DONE).stage, about)).toMatchObject({ traces: [] });
    expect(await linksOf(deployed('{"_aws":{}}').stage, about)).toEqual({ logs: [], traces: [] });
  });

  it('events show explains an event without links if logs may not be read, and on the local run', async () => {
    const { stage } = deployed(DONE);
    const { clients } = stubAws({ GetTemplate: awsError('AccessDenied') });
    const denied = { ...stage, clients: { ...stage.clients, cloudFormation: clients.cloudFormation } };

    expect(await linksOf(denied, about)).toBeUndefined();
    expect(await linksOf({ ...stage, isLocal: true }, about)).toBeUndefined();
    const id = await here.service.deliver();
    const { code, json } = await run(['events', 'show', id, '--json'], { connect: async () => denied });
    expect([code, json()]).toEqual([0, expect.objectContaining({ event_id: id })]);
  });

  it('events show links the logs that can be read if another log group was deleted', async () => {
    const { stage } = withoutGroups('/aws/Handler');

    expect(await linksOf(stage, about)).toMatchObject({
      logs: [{ function: 'verifier' }, { function: 'processor' }],
    });
  });

  it.each([
    ['cn-north-1', 'https://console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
    ['eusc-de-east-1', 'https://console.amazonaws-eusc.eu/'],
  ])('events show in %s links to the console of its partition', async (region, console) => {
    const links = await linksOf({ ...deployed(traced).stage, region }, about);

    expect(links?.traces[0]).toMatch(console);
  });
});
