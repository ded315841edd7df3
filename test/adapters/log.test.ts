import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from '../../lambda/adapters/log.ts';

const CANARY = 'canary-7f3a';

beforeEach(() => {
  vi.stubEnv('STACK_NAME', 'stack');
  return () => vi.unstubAllEnvs();
});

type Writing = (log: Log<'Accepted' | 'Waited'>) => void;

/** The lines that are written. */
function linesOf(writing: Writing): string[] {
  const lines: string[] = [];
  writing(new Log((line) => lines.push(line)));
  return lines;
}

const written = (writing: Writing) => linesOf(writing).join('\n');
const parsed = (writing: Writing) => linesOf(writing).map((line) => JSON.parse(line));

describe('the log', () => {
  it('the log contains name and request id of an SDK error, but not its item or message', () => {
    const error = new ConditionalCheckFailedException({
      message: `failed on ${CANARY}`,
      $metadata: { requestId: 'REQ-1', httpStatusCode: 400 },
      Item: { body: { S: CANARY } },
    });

    const line = written((log) => log.line('error', 'it failed', { error }));

    expect(line).toContain('ConditionalCheckFailedException');
    expect(line).toContain('REQ-1');
    expect(line).toContain('log.test.ts');
    expect(line).not.toContain(CANARY);
  });

  it('the log contains the name of a cause, but not its message', () => {
    const cause = new TypeError(`cannot read ${CANARY}`);

    const line = written((log) =>
      log.line('error', 'it failed', { error: new Error(`for ${CANARY}`, { cause }) }),
    );

    expect(line).toContain('TypeError');
    expect(line).not.toContain(CANARY);
  });

  const fieldsOf = (writing: Writing) => parsed(writing)[0];

  it.each([
    ['Root=1-65f0-abc;Parent=def;Sampled=1', '1-65f0-abc'],
    ['Root=1-65f0-abc;Parent=def;Sampled=0', undefined],
    ['Root=1-65f0-abc', undefined],
  ])('the log names a trace only if it is sampled: %s', (header, trace) => {
    vi.stubEnv('_X_AMZN_TRACE_ID', header);

    expect(fieldsOf((log) => log.line('info', 'it ran'))?.xray_trace_id).toBe(trace);
  });

  it('the log contains the status of a failed request to AWS', () => {
    const error = Object.assign(new Error('no'), { $metadata: { requestId: 'R', httpStatusCode: 503 } });

    const { error: logged } = fieldsOf((log) => log.line('error', 'it failed', { error }));

    expect(logged).toMatchObject({ name: 'Error', aws_request_id: 'R', http_status: 503 });
    expect(logged.stack.split('\n').length).toBeGreaterThan(1);
    expect(logged).not.toHaveProperty('code');
  });

  it.each([
    [null, {}],
    ['text', {}],
    [{}, {}],
  ])('metadata %j of an error adds nothing to the log', (metadata, is) => {
    const error = Object.assign(new Error('no'), { $metadata: metadata });

    const {
      name: _name,
      stack: _stack,
      ...others
    } = fieldsOf((log) => log.line('error', 'it failed', { error })).error;

    expect(others).toEqual(is);
  });

  it.each([
    ['ECONNRESET', 'ECONNRESET'],
    [11, '11'],
    ['not a word', 'unreadable'],
    [undefined, undefined],
  ])('the code %j of an error is logged as %j', (code, is) => {
    const error = Object.assign(new Error('no'), { code });

    expect(fieldsOf((log) => log.line('error', 'it failed', { error })).error.code).toBe(is);
  });

  it('an error whose name is a text is logged as Error', () => {
    const error = Object.assign(new Error('no'), { name: 'a text' });

    expect(fieldsOf((log) => log.line('error', 'it failed', { error })).error.name).toBe('Error');
  });

  it('the log contains only the type of a thrown value that is not an error', () => {
    expect(fieldsOf((log) => log.line('error', 'it failed', { error: CANARY })).error).toEqual({
      name: 'a string',
    });
  });
});

describe('metrics in the log', () => {
  const metricsOf = (line: { _aws?: { CloudWatchMetrics: object[] } }) => line._aws?.CloudWatchMetrics[0];

  it('the next line carries what has been counted, in the embedded metric format, and the one after it nothing', () => {
    const [first, second] = parsed((log) => {
      log.count('Accepted');
      log.count('Accepted', 2);
      log.seconds('Waited', 1.5);
      log.seconds('Waited', 2);
      log.line('info', 'done', { event_id: 'e' });
      log.line('info', 'done', { event_id: 'f' });
    });

    expect(first).toMatchObject({ level: 'INFO', message: 'done', event_id: 'e', stack: 'stack' });
    expect(first).toMatchObject({ Accepted: 3, Waited: [1.5, 2], _aws: { Timestamp: expect.any(Number) } });
    expect(metricsOf(first)).toEqual({
      Namespace: 'CyberdeskWebhooks',
      Dimensions: [['stack']],
      Metrics: [
        { Name: 'Accepted', Unit: 'Count' },
        { Name: 'Waited', Unit: 'Seconds' },
      ],
    });
    expect(Object.keys(second)).not.toContain('_aws');
  });

  it('what no line has carried is written at the end of the invocation, once, with its request', () => {
    const lines = parsed((log) => {
      log.begin({ awsRequestId: 'r' });
      log.count('Accepted');
      log.flush();
      log.flush();
    });

    expect(lines).toMatchObject([{ request_id: 'r', Accepted: 1 }]);
    expect(lines[0]).not.toHaveProperty('message');
  });

  it('a line that is not written keeps the metrics for the end', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'ERROR');

    const lines = parsed((log) => {
      log.count('Accepted');
      log.line('warn', 'left out');
      log.flush();
    });

    expect(lines).toMatchObject([{ Accepted: 1 }]);
  });

  it('no line has more values of a metric than CloudWatch takes', () => {
    const lines = parsed((log) => {
      for (let second = 0; second < 250; second += 1) log.seconds('Waited', second);
      log.line('info', 'done');
    });

    expect(lines.map(({ Waited }) => Waited.length)).toEqual([100, 100, 50]);
  });
});
