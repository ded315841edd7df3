import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { checkProfile, profileFault } from '../../ops/stage/profiles.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

const settings = { stage: 'dev', region: 'eu-west-1' };
const noStack = awsError('ValidationError', 'Stack with id CyberdeskWebhooks-dev does not exist');

/** A value that an answer of AWS might quote. */
const QUOTED = 'PAYLOAD-VALUE';
const answered = (httpStatusCode: number, name: string) =>
  Object.assign(awsError(name, `bad value ${QUOTED}`), { $metadata: { httpStatusCode, requestId: '4f-1' } });

describe('a deployed stage', () => {
  it('connectDeployed reads the outputs of the stack', async () => {
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
    [
      'a stack that does not exist',
      noStack,
      /stack CyberdeskWebhooks-dev does not exist in eu-west-1: deploy it/,
    ],
    ['missing credentials', awsError('CredentialsProviderError'), /no AWS credentials/],
    ['an expired session', awsError('ExpiredTokenException'), /expired: sign in again/],
    ['unknown credentials', awsError('InvalidClientTokenId'), /AWS does not recognise/],
    ['a missing region', new Error('Region is missing'), /no AWS region is set: .*--region/],
    [
      'an invalid region',
      new Error('Region not accepted: region="eu.central" is not a valid hostname component.'),
      /"eu.central" is not an AWS region: give one like eu-central-1 with --region/,
    ],
    [
      'an unexpected answer of AWS',
      answered(400, 'ValidationException'),
      /AWS answered ValidationException \(HTTP 400, request id 4f-1\): check --stage.*DEBUG=1/,
    ],
    ['a fault of AWS', answered(503, 'Odd'), /Odd \(HTTP 503, request id 4f-1\): .*wait a minute/],
    ['a fault of this program', new TypeError(QUOTED), /unexpected error \(TypeError\): try again/],
    ['an incomplete body', awsError('BodyLostError', QUOTED), /incomplete: look at its run/],
    [
      'a missing permission',
      awsError('AccessDenied', `not authorized to perform ${QUOTED}`),
      /does not allow this call \(DEBUG=1 shows which one\): ask for that permission/,
    ],
    [
      'a missing part of the stack',
      awsError('ResourceNotFoundException', `no ${QUOTED}`),
      /cannot find a resource of the stack: deploy/,
    ],
    ['a network failure', Object.assign(new Error('x'), { code: 'ENOTFOUND' }), /network failed/],
  ])('%s is reported in one line with the next step', async (_, error, line) => {
    const { code, err, out } = await failing(error);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(line);
    expect(err).not.toContain(QUOTED);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [
      'on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/events/index/by-day because no policy allows it',
      'dynamodb:Query on arn:aws:dynamodb:eu-west-1:123456789012:table/events/index/by-day',
    ],
    ['with an explicit deny', 'dynamodb:Query'],
    [`on resource: ${QUOTED}`, 'dynamodb:Query'],
    [`on resource: arn:aws:s3:::a"${QUOTED}"`, 'dynamodb:Query'],
  ])(
    'a missing permission names the action and resource, and quotes nothing else of the answer: %s',
    async (rest, what) => {
      const message = `User: arn:aws:sts::123456789012:assumed-role/${QUOTED}/me is not authorized to perform: dynamodb:Query ${rest}`;
      const { err } = await failing(awsError('AccessDeniedException', message));
      expect(err).toBe(
        `error: AWS does not allow ${what}: ask for that permission, or use another --profile\n`,
      );
    },
  );

  it('DEBUG shows where an error occurred, and never what was answered', async () => {
    vi.stubEnv('DEBUG', '1');
    for (const error of [answered(400, 'ValidationException'), new TypeError(QUOTED)]) {
      const { err } = await failing(error);
      expect(err).toMatch(new RegExp(`${error.name}\\n( {4}at .*\\n)* {4}at .*deployed.test.ts`));
      expect(err).not.toContain(QUOTED);
    }
    vi.unstubAllEnvs();
  });

  it('a stack of another release is reported with the output that it lacks', async () => {
    const { clients } = stubAws({ DescribeStacks: { Stacks: [{ Outputs: stackOutputs({ DlqUrl: '' }) }] } });
    await expect(connectDeployed(settings, clients)).rejects.toThrow(/no output "DlqUrl"/);
  });

  it('--json reports errors as JSON', async () => {
    const { err } = await run(['queues', '--json'], {
      connect: () => connectDeployed(settings, stubAws({ DescribeStacks: noStack }).clients),
    });
    expect(JSON.parse(err)).toMatchObject({ error: { name: 'StackNotDeployed' } });
  });
});

describe('without configuration of AWS', () => {
  beforeEach(() => {
    // The configuration of this machine must not be used.
    const known = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    for (const name of [...known, 'AWS_REGION']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    // Nor the stages of the app around it.
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue('/nowhere');
    return () => {
      vi.unstubAllEnvs();
      cwd.mockRestore();
    };
  });

  it.each([['doctor'], ['queues'], ['events', 'list']])('%j fails without a region', async (...argv) => {
    const none = await run([...argv, '--stage', 'dev']);
    expect([none.code, none.out, none.err]).toEqual([2, '', expect.stringContaining('no AWS region is set')]);
    const odd = await run([...argv, '--stage', 'dev', '--region', 'eu.central']);
    expect([odd.code, odd.out, odd.err]).toEqual([
      2,
      '',
      expect.stringContaining('"eu.central" is not an AWS'),
    ]);
  });

  it.each([['doctor'], ['queues'], ['cost', '--deployed']])(
    '%j fails with a profile that does not exist, and names it',
    async (...argv) => {
      const { code, out, err } = await run([...argv, '--stage', 'dev', '--profile', 'nope']);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(
        'AWS profile "nope" does not exist in /nowhere or /nowhere: name another with --profile',
      );
    },
  );

  it('the doctor reports missing credentials as a finding', async () => {
    const { code, out } = await run(['doctor', '--stage', 'dev', '--region', 'eu-west-1']);
    expect([code, out]).toEqual([1, expect.stringMatching(/credentials.*no AWS credentials.*\n.*next: /)]);
  });
});

describe('checkProfile', () => {
  let folder: string;
  let environment: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-'));
    const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')];
    await writeFile(
      config,
      '[default]\nregion = x\n[profile ops] # mine\n [ profile "my ops" ]\n#[profile old]\n',
    );
    await writeFile(credentials, '[keys]\naws_access_key_id = [no]\n');
    environment = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
    return () => rm(folder, { recursive: true });
  });

  it.each(['default', 'ops', 'my ops', 'keys'])('checkProfile accepts %s', (name) => {
    expect(() => checkProfile(name, environment)).not.toThrow();
  });

  it.each(['nope', 'old', 'no', 'profile ops'])('checkProfile refuses %s', (name) => {
    expect(() => checkProfile(name, environment)).toThrow(
      `AWS profile "${name}" does not exist in ${folder}`,
    );
  });

  it('checkProfile checks AWS_PROFILE unless access keys take precedence', () => {
    const named = { ...environment, AWS_PROFILE: 'nope' };
    expect(() => checkProfile(undefined, named)).toThrow(/name another with AWS_PROFILE/);
    expect(() => checkProfile(undefined, { ...named, AWS_ACCESS_KEY_ID: 'AKIA' })).not.toThrow();
    expect(() => checkProfile(undefined, environment)).not.toThrow();
  });
});

describe('a profile without credentials', () => {
  let environment: Record<string, string>;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-'));
    const config = join(folder, 'config');
    await writeFile(
      config,
      [
        '[profile signs-in]\nsso_session = corp\nsso_account_id = 123456789012\n[sso-session corp]\nsso_region = x',
        '[profile asks]\n  credential_process = /opt/get --token PAYLOAD-VALUE',
        '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = signs-in',
        '[profile orphan]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = gone',
        '[default]\nregion = eu-west-1',
      ].join('\n'),
    );
    environment = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') };
    return () => rm(folder, { recursive: true });
  });

  it.each([
    ['signs-in', /"signs-in" is not signed in/, /^aws sso login --profile signs-in$/],
    ['role', /"signs-in" is not signed in/, /^aws sso login --profile signs-in$/],
    ['asks', /credential_process of AWS profile "asks" failed/, /--profile asks$/],
    ['orphan', /from profile "gone", which does not exist/, /source_profile of "orphan"/],
    [undefined, /"default" has no credentials/, /aws configure --profile default/],
  ])('the profile %s is named with what it lacks', (profile, problem, next) => {
    const fault = profileFault(undefined, { ...environment, ...(profile && { AWS_PROFILE: profile }) });

    expect(fault).toEqual({
      problem: expect.stringMatching(problem),
      next: expect.stringMatching(next),
    });
    expect(JSON.stringify(fault)).not.toContain(QUOTED);
  });
});
