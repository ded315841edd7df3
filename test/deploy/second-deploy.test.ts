import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';
import { AwsStub } from './aws-stub.ts';
import { runIn } from './deploying.ts';
import { STACK } from './support.ts';

const TABLE = `${STACK}-WebhooksEventsTable0D67B421-AAAAAAAAAAAA`;

describe('cdk deploy, after a first deployment that failed', () => {
  const clone = makeClone();
  const aws = new AwsStub();
  let url = '';

  const run = (...command: string[]) => runIn(clone, url, command);
  const options = ['--app', 'cdk.out', '--require-approval', 'never', '--progress', 'events'];
  const deploy = (...more: string[]) => run(process.execPath, 'bin/deploy.ts', 'prod', ...options, ...more);

  beforeAll(async () => {
    url = await aws.start();
    const { code, said } = await run('cdk', 'synth', '--quiet', STACK);
    expect(code, said).toBe(0);
  });
  beforeEach(() => aws.failCreation(TABLE));
  afterAll(async () => {
    await aws.stop();
    clone.remove();
  });

  it('a plain cdk deploy cannot delete what is protected, as in AWS', async () => {
    const { code, said } = await run('cdk', 'deploy', STACK, ...options);

    expect(code).not.toBe(0);
    expect(said).toContain('cannot be deleted while TerminationProtection is enabled');
  });

  it('npm run deploy says what failed and what it would do, and changes nothing without a yes', async () => {
    const { code, said } = await deploy();

    expect(code).toBe(1);
    expect(said).toContain('AWS::Lambda::Alias Live: not enough concurrency');
    expect(said).toContain(`lifts the stack's protection, deletes 1 empty table (${TABLE})`);
    expect(aws.stack).toEqual({ status: 'ROLLBACK_COMPLETE', isProtected: true });
    expect(aws.tables.has(TABLE)).toBe(true);
  });

  it('npm run deploy --yes deploys, and the stack is protected again before anything is created', async () => {
    const { code, said } = await deploy('--yes');

    expect(code, said).toBe(0);
    expect(aws.stack).toEqual({ status: 'CREATE_COMPLETE', isProtected: true });
    expect(aws.tables.has(TABLE)).toBe(false);
    const steps = [
      'protected: false',
      'DeleteStack',
      'CreateChangeSet',
      'protected: true',
      'ExecuteChangeSet',
    ];
    expect(aws.calls.filter((call) => steps.includes(call))).toEqual(steps);
  });

  describe('in another region', () => {
    const deployWith = (environment: NodeJS.ProcessEnv, ...more: string[]) =>
      runIn(clone, url, [process.execPath, 'bin/deploy.ts', 'prod', ...options, ...more], environment);
    const untouched = { status: 'ROLLBACK_COMPLETE', isProtected: true };

    it.each([
      ['--region us-east-1', ['--region', 'us-east-1'], {}],
      ['--region=us-east-1', ['--region=us-east-1'], {}],
      ['CDK_REGION', [], { CDK_REGION: 'us-east-1' }],
      ['AMAZON_DEFAULT_REGION', [], { AWS_REGION: '', AMAZON_DEFAULT_REGION: 'us-east-1' }],
    ])(
      'npm run deploy looks at, and changes, the region that %s names, and no other',
      async (_, more, environment) => {
        const { code, said } = await deployWith(environment, ...more, '--yes');

        expect(code, said).toBe(0);
        expect(said).not.toContain('not looked at first');
        expect([aws.stack, aws.tables.has(TABLE)]).toEqual([untouched, true]);
        expect(aws.in('us-east-1').stack).toEqual({ status: 'CREATE_COMPLETE', isProtected: true });
        expect([...aws.called]).toEqual(['us-east-1']);
      },
    );

    it('npm run deploy without a region deploys nothing, as cdk would choose one', async () => {
      const { code, said } = await deployWith({ AWS_REGION: '' }, '--yes');

      expect([code, said]).toEqual([
        1,
        'no AWS region is set, and cdk would choose one: give one with --region (e.g. eu-central-1), or set AWS_REGION\n',
      ]);
      expect(aws.calls).toEqual([]);
    });

    it.each([
      [
        ['--region', 'us-east-1', '--app', 'elsewhere'],
        'another app is deployed than that of cdk.json (elsewhere)',
      ],
      [['--method', 'execute-change-set'], 'a change set that was prepared before is executed'],
    ])(
      'npm run deploy says that nothing was looked at, and changes nothing itself: %j',
      async (more, reason) => {
        const command = [process.execPath, 'bin/deploy.ts', 'prod', '--yes', ...more];
        const { said } = await runIn(clone, url, command);

        expect(said).toContain(`not looked at first: ${reason}`);
        expect(aws.tables.has(TABLE)).toBe(true);
        expect(aws.calls).not.toContain('protected: false');
      },
    );

    it('npm run deploy asks nothing of AWS where only help is asked for', async () => {
      const { code, said } = await deploy('--yes', '--help');

      expect(code).toBe(0);
      expect(said).toContain('cdk deploy [STACKS..]');
      expect([aws.stack, aws.calls]).toEqual([untouched, []]);
    });
  });

  describe('in other states', () => {
    const changing = ['CreateChangeSet', 'DeleteStack', 'DeleteTable', 'UpdateTerminationProtection'];
    const changes = () => aws.calls.filter((call) => changing.includes(call));
    beforeEach(() => {
      aws.tables.clear();
      aws.logGroups = [];
    });

    it('npm run deploy removes the empty tables of two tries, and says what to do with one that holds items', async () => {
      const full = `${TABLE}-FULL`;
      aws.tables
        .set(TABLE, { items: 0, isProtected: true })
        .set(`${TABLE}-2`, { items: 0, isProtected: true });
      aws.tables.set(full, { items: 3, isProtected: true });

      const { code, said } = await deploy('--yes');

      expect(code, said).toBe(0);
      expect([...aws.tables.keys()]).toEqual([full]);
      expect(said).toContain(`left alone, as it holds items: table ${full}`);
      expect(said).toContain(`restore --from ${full} --to`);
    });

    it.each(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
      'npm run deploy touches nothing while the stack is in %s, even with --yes',
      async (status) => {
        aws.stack = { status, isProtected: true };

        const { code, said } = await deploy('--yes');

        expect([code, changes()]).toEqual([1, []]);
        expect(said).toContain(`is changing: ${status}: wait until that is over, then repeat`);
      },
    );

    it('npm run deploy after a deleted stack stops at the log group that it left, and then leads its table back', async () => {
      aws.stack = undefined;
      aws.tables.set(TABLE, { items: 3, isProtected: true });
      aws.logGroups = [`/aws/vendedlogs/apis/${STACK}`];

      const stopped = await deploy();
      expect([stopped.code, changes()]).toEqual([1, []]);
      expect(stopped.said).toContain(
        `aws logs delete-log-group --log-group-name /aws/vendedlogs/apis/${STACK}`,
      );

      aws.logGroups = [];
      const { code, said } = await deploy();

      expect(code, said).toBe(0);
      expect(aws.stack).toEqual({ status: 'CREATE_COMPLETE', isProtected: true });
      expect(said).toContain(`restore --from ${TABLE} --to '<when its stack was deleted>' --stage prod`);
      expect(aws.tables.has(TABLE)).toBe(true);
    });
  });
});
