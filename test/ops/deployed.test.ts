import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

const settings = { stage: 'dev', region: 'eu-west-1' };
const noStack = awsError('ValidationError', 'Stack with id CyberdeskWebhooks-dev does not exist');

/** What an answer might quote of what was sent. */
const QUOTED = 'PAYLOAD-VALUE';
const answered = (httpStatusCode: number, name: string) =>
  Object.assign(awsError(name, `bad value ${QUOTED}`), { $metadata: { httpStatusCode, requestId: '4f-1' } });

describe('a deployed stage', () => {
  it('is known by its outputs', async () => {
    const { clients, calls } = stubAws({ DescribeStacks: { Stacks: [{ Outputs: stackOutputs() }] } });
    const stage = await connectDeployed({ ...settings, name: 'blue' }, clients);
    expect(calls[0]?.input).toEqual({ StackName: 'CyberdeskWebhooks-blue-dev' });
    expect(stage.outputs).toMatchObject({ tableName: 'events', cyberdeskApiUrl: 'https://api.cyberdesk.io' });
  });

  const failing = (error: Error) =>
    run(['events', 'list', '--stage', 'dev'], {
      connect: () => connectDeployed(settings, stubAws({ DescribeStacks: error }).clients),
    });

  it.each([
    ['that is not there', noStack, /no stack CyberdeskWebhooks-dev in eu-west-1: deploy it/],
    ['without credentials', awsError('CredentialsProviderError'), /no AWS credentials/],
    ['with a session that is over', awsError('ExpiredTokenException'), /expired: sign in again/],
    ['with unknown credentials', awsError('InvalidClientTokenId'), /AWS does not know/],
    ['without a region', new Error('Region is missing'), /no AWS region is set: .*--region/],
    [
      'in what is no region',
      new Error('Region not accepted: region="eu.central" is not a valid hostname component.'),
      /"eu.central" is no AWS region: give one like eu-central-1 with --region/,
    ],
    [
      'that AWS will not tell of',
      answered(400, 'ValidationException'),
      /AWS answered ValidationException \(HTTP 400, request id 4f-1\): check --stage.*DEBUG=1/,
    ],
    ['where AWS has a fault', answered(503, 'Odd'), /Odd \(HTTP 503, request id 4f-1\): .*wait a minute/],
    ['under a fault of this program', new TypeError(QUOTED), /it does not know \(TypeError\): repeat it/],
    ['whose body is lost', awsError('BodyLostError', QUOTED), /not whole: look at its run/],
    ['that may not be read', awsError('AccessDenied', 'not authorized to perform X.'), /permission/],
    ['behind a broken network', Object.assign(new Error('x'), { code: 'ENOTFOUND' }), /network failed/],
  ])('%s ends in one line with the next step', async (_, error, line) => {
    const { code, err, out } = await failing(error);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(line);
    expect(err).not.toContain(QUOTED);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('shows where it failed when asked to, and never what was answered', async () => {
    vi.stubEnv('DEBUG', '1');
    for (const error of [answered(400, 'ValidationException'), new TypeError(QUOTED)]) {
      const { err } = await failing(error);
      expect(err).toMatch(new RegExp(`${error.name}\\n( {4}at .*\\n)* {4}at .*deployed.test.ts`));
      expect(err).not.toContain(QUOTED);
    }
    vi.unstubAllEnvs();
  });

  it('of another release names the output that it lacks', async () => {
    const { clients } = stubAws({ DescribeStacks: { Stacks: [{ Outputs: stackOutputs({ DlqUrl: '' }) }] } });
    await expect(connectDeployed(settings, clients)).rejects.toThrow(/no output "DlqUrl"/);
  });

  it('gives machines their errors as JSON', async () => {
    const { err } = await run(['queues', '--json'], {
      connect: () => connectDeployed(settings, stubAws({ DescribeStacks: noStack }).clients),
    });
    expect(JSON.parse(err)).toMatchObject({ error: { name: 'StackNotDeployed' } });
  });
});

describe('without a region to look in', () => {
  beforeEach(() => {
    // Whatever this machine knows of AWS is not asked.
    const known = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    for (const name of [...known, 'AWS_REGION']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    return () => vi.unstubAllEnvs();
  });

  it.each([['doctor'], ['queues'], ['events', 'list']])('%j has failed', async (...argv) => {
    const none = await run([...argv, '--stage', 'dev']);
    expect([none.code, none.out, none.err]).toEqual([2, '', expect.stringContaining('no AWS region is set')]);
    const odd = await run([...argv, '--stage', 'dev', '--region', 'eu.central']);
    expect([odd.code, odd.out, odd.err]).toEqual([2, '', expect.stringContaining('"eu.central" is no AWS')]);
  });

  it('the doctor without credentials has found something', async () => {
    const { code, out } = await run(['doctor', '--stage', 'dev', '--region', 'eu-west-1']);
    expect([code, out]).toEqual([1, expect.stringMatching(/credentials.*no AWS credentials.*\n.*next: /)]);
  });
});
