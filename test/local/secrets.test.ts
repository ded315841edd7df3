import { describe, expect, it } from 'vitest';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { SecretsManager } from '../../local/emulators/secrets.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:signing-AbCdEf';

interface Value {
  readonly SecretString: string;
  readonly VersionId: string;
  readonly VersionStages: string[];
  readonly CreatedDate: number;
}

function secret() {
  const model = {
    logicalId: 'Signing',
    label: 'signing',
    name: 'signing',
    arn,
    description: undefined,
    keyId: undefined,
    isGenerated: false,
    policy: undefined,
  };
  const aws = new AwsCaller(new SecretsManager([model]), 'us-east-1');
  const call = <T = Value>(operation: string, parameters: object = {}) =>
    aws.call<T>('secretsmanager', operation, { SecretId: arn, ...parameters });
  return {
    call,
    get: (parameters: object = {}) => call('GetSecretValue', parameters),
    put: (SecretString: string, parameters: object = {}) =>
      call('PutSecretValue', { SecretString, ...parameters }),
  };
}

describe('SecretsManager', () => {
  it('a secret without a value is not found, with the message of AWS', async () => {
    const { get } = secret();
    await expect(get()).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('a new value becomes current, and the one before it previous', async () => {
    const { get, put } = secret();
    await put('one');
    await put('two');
    await put('three');
    expect((await get()).SecretString).toBe('three');
    const previous = await get({ VersionStage: 'AWSPREVIOUS' });
    expect(previous.SecretString).toBe('two');
    expect((await get({ VersionId: previous.VersionId })).SecretString).toBe('two');
    expect(previous.CreatedDate).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  it('a secret with one value has no previous value', async () => {
    const { get, put } = secret();
    await put('one');
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('a request token can be repeated only with the same value', async () => {
    const { get, put } = secret();
    const ClientRequestToken = 'b6c2c1c0-0000-4000-8000-000000000001';
    await put('one', { ClientRequestToken });
    await put('one', { ClientRequestToken });
    expect(await get()).toMatchObject({ SecretString: 'one', VersionId: ClientRequestToken });
    await expect(put('two', { ClientRequestToken })).rejects.toMatchObject({
      code: 'ResourceExistsException',
    });
  });

  it('a pending version does not become current before its stage is moved', async () => {
    const { call, get, put } = secret();
    const { VersionId: old } = await put('one');
    const { VersionId: next } = await put('two', { VersionStages: ['AWSPENDING'] });
    expect((await get()).SecretString).toBe('one');
    const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: next };
    await expect(call('UpdateSecretVersionStage', move)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    await call('UpdateSecretVersionStage', { ...move, RemoveFromVersionId: old });
    expect((await get()).SecretString).toBe('two');
    expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
  });

  it('a rollback makes the previous value current, and the other one previous', async () => {
    const { call, get, put } = secret();
    const { VersionId: old } = await put('one');
    const { VersionId: next } = await put('two');
    const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: old, RemoveFromVersionId: next };
    await call('UpdateSecretVersionStage', move);
    expect(await get()).toMatchObject({ SecretString: 'one', VersionStages: ['AWSCURRENT'] });
    expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
  });

  it('removing the AWSPREVIOUS stage removes the previous value', async () => {
    const { call, get, put } = secret();
    const { VersionId } = await put('one');
    await put('two');
    await call('UpdateSecretVersionStage', { VersionStage: 'AWSPREVIOUS', RemoveFromVersionId: VersionId });
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    const { VersionIdsToStages } = await call<{ VersionIdsToStages: object }>('DescribeSecret');
    expect(Object.values(VersionIdsToStages)).toEqual([['AWSCURRENT']]);
  });

  it('the description of a secret does not contain its value', async () => {
    const { call, put } = secret();
    expect(await call<object>('DescribeSecret')).not.toHaveProperty('VersionIdsToStages');
    const { VersionId } = await put('canary');
    const described = await call<object>('DescribeSecret');
    expect(described).toMatchObject({ ARN: arn, VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] } });
    expect(JSON.stringify(described)).not.toContain('canary');
  });

  it('an unknown secret is not found', async () => {
    const { call } = secret();
    await expect(call('GetSecretValue', { SecretId: 'other' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });
});
