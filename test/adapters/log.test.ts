import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../lambda/adapters/log.ts';

const CANARY = 'canary-7f3a';

afterEach(() => vi.unstubAllEnvs());

/** What the logger writes. */
function written(log: (logger: ReturnType<typeof createLogger>) => void): string {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const lines: unknown[] = [];
  for (const method of ['info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(line));
  }
  log(createLogger());
  return lines.join('\n');
}

describe('the log', () => {
  it('the log contains name and request id of an SDK error, but not its item or message', () => {
    const error = new ConditionalCheckFailedException({
      message: `failed on ${CANARY}`,
      $metadata: { requestId: 'REQ-1', httpStatusCode: 400 },
      Item: { body: { S: CANARY } },
    });

    const line = written((logger) => logger.error('it failed', error));

    expect(line).toContain('ConditionalCheckFailedException');
    expect(line).toContain('REQ-1');
    expect(line).toContain('log.test.ts');
    expect(line).not.toContain(CANARY);
  });

  it('the log contains the name of a cause, but not its message', () => {
    const cause = new TypeError(`cannot read ${CANARY}`);

    const line = written((logger) => logger.error('it failed', new Error(`for ${CANARY}`, { cause })));

    expect(line).toContain('TypeError');
    expect(line).not.toContain(CANARY);
  });

  it.each([
    ['Root=1-65f0-abc;Parent=def;Sampled=1', '1-65f0-abc'],
    ['Root=1-65f0-abc;Parent=def;Sampled=0', undefined],
    ['Root=1-65f0-abc', undefined],
  ])('the log names a trace only if it is sampled: %s', (header, trace) => {
    vi.stubEnv('_X_AMZN_TRACE_ID', header);

    expect(JSON.parse(written((logger) => logger.info('it ran'))).xray_trace_id).toBe(trace);
  });

  const fieldsOf = (log: (logger: ReturnType<typeof createLogger>) => void) => JSON.parse(written(log));

  it('the log contains the status of a failed request to AWS', () => {
    const error = Object.assign(new Error('no'), { $metadata: { requestId: 'R', httpStatusCode: 503 } });

    const { error: logged } = fieldsOf((logger) => logger.error('it failed', error));

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
    } = fieldsOf((logger) => logger.error('it failed', error)).error;

    expect(others).toEqual(is);
  });

  it.each([
    ['ECONNRESET', 'ECONNRESET'],
    [11, '11'],
    ['not a word', 'unreadable'],
    [undefined, undefined],
  ])('the code %j of an error is logged as %j', (code, is) => {
    const error = Object.assign(new Error('no'), { code });

    expect(fieldsOf((logger) => logger.error('it failed', error)).error.code).toBe(is);
  });

  it('an error whose name is a text is logged as Error', () => {
    const error = Object.assign(new Error('no'), { name: 'a text' });

    expect(fieldsOf((logger) => logger.error('it failed', error)).error.name).toBe('Error');
  });

  it('the log contains only the type of a thrown value that is not an error', () => {
    expect(fieldsOf((logger) => logger.error('it failed', CANARY as never)).extra).toBe('a string');
  });
});
