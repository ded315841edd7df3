import { ResourceNotFoundException, SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { secretsManager } from '../../lambda/adapters/secrets-manager.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { capture, signal } from './capture.ts';

const $metadata = {};
const answering = (answer: unknown) => ({
  send: async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  },
});
const read = (answer: unknown) => secretsManager(answering(answer) as never).get('some-secret');

describe('a secret', () => {
  it('a secret without a value is missing, which is not an error', async () => {
    const error = new ResourceNotFoundException({
      message: 'no value for staging label AWSCURRENT',
      $metadata,
    });

    expect(await read(error)).toEqual({ kind: 'missing' });
  });

  it('a secret with a binary value is not missing, and says when it was created', async () => {
    const CreatedDate = new Date('2026-11-25T10:00:00Z');
    const answer = { SecretBinary: new Uint8Array([1]), VersionId: 'v1', CreatedDate };

    expect(await read(answer)).toEqual({ kind: 'binary', createdAt: CreatedDate.getTime() });
  });

  it('a secret without read permission is denied', async () => {
    const name = 'AccessDeniedException';
    const error = new SecretsManagerServiceException({ name, $fault: 'client', message: 'no', $metadata });

    expect(await read(error)).toEqual({ kind: 'denied' });
  });

  it.each([
    [undefined, { VersionStage: 'AWSCURRENT' }],
    [{ kind: 'label', label: 'AWSPREVIOUS' } as const, { VersionStage: 'AWSPREVIOUS' }],
    [{ kind: 'id', id: 'v2' } as const, { VersionId: 'v2' }],
  ])('a secret is asked for by version %j, and the call ends with the invocation', async (version, is) => {
    const { client, sent } = capture({ SecretString: 'value', VersionId: 'v2', CreatedDate: new Date(1000) });

    const found = await secretsManager(client, signal).get('some-secret', version);

    expect(found).toEqual({ kind: 'found', value: 'value', versionId: 'v2', createdAt: 1000 });
    const input = { SecretId: 'some-secret', ...is };
    expect(sent).toEqual([{ command: 'GetSecretValueCommand', input, signal }]);
  });

  it('a call for a secret ends at its limit, or with the invocation', async () => {
    const ends: AbortSignal[] = [];
    const client = {
      send: async (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        ends.push(abortSignal);
        return { SecretString: 'value' };
      },
    };
    const [limit, invocation] = [new AbortController(), new AbortController()];
    let asked: number | undefined;
    const abortAfter = (ms: number) => {
      asked = ms;
      return limit.signal;
    };
    const machine = { ...nodeSystem, now: () => 1000, abortAfter };

    await secretsManager(client as never, undefined, machine).get('some-secret', undefined, { until: 3000 });
    await secretsManager(client as never, invocation.signal, machine).get('some-secret', undefined, {
      until: 3000,
    });
    expect(asked).toBe(2000);
    expect(ends.map(({ aborted }) => aborted)).toEqual([false, false]);

    invocation.abort();
    expect(ends.map(({ aborted }) => aborted)).toEqual([false, true]);
    limit.abort();
    expect(ends.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('a value of which nothing else is known counts as old', async () => {
    expect(await read({ SecretString: 'value' })).toEqual({
      kind: 'found',
      value: 'value',
      versionId: '',
      createdAt: 0,
    });
  });

  it.each([
    new SecretsManagerServiceException({ name: 'Throttled', $fault: 'client', message: 'no', $metadata }),
    Object.assign(new Error('no'), { name: 'AccessDeniedException' }),
  ])('reading a secret rejects with any other error', async (error) => {
    await expect(read(error)).rejects.toBe(error);
  });

  it('reading a secret rejects when the service is down', async () => {
    await expect(read(new Error('timeout'))).rejects.toThrow('timeout');
  });
});
