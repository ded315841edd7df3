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
});
