import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';
import { AwsStub } from './aws-stub.ts';
import { REGION, STACK } from './support.ts';

const TABLE = `${STACK}-WebhooksEventsTable0D67B421-AAAAAAAAAAAA`;

describe('cdk deploy, after a first deployment that failed', () => {
  const clone = makeClone();
  const aws = new AwsStub();
  let url = '';
  const bin = join(clone.root, 'node_modules', '.bin');

  /** A command in the clone, with no one at the keyboard. */
  async function run(file: string, args: string[]) {
    const env = {
      ...{ PATH: `${bin}:${process.env.PATH}`, HOME: clone.root, AWS_ENDPOINT_URL: url, AWS_REGION: REGION },
      ...{
        AWS_ACCESS_KEY_ID: 'AKIA',
        AWS_SECRET_ACCESS_KEY: 's',
        AWS_EC2_METADATA_DISABLED: 'true',
        CI: 'true',
      },
    };
    const child = spawn(file, args, { cwd: clone.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await closed;
    return { code: child.exitCode, said: `${out}${err}` };
  }
  const options = ['--app', 'cdk.out', '--require-approval', 'never', '--progress', 'events'];
  const deploy = (...more: string[]) => run(process.execPath, ['bin/deploy.ts', 'prod', ...options, ...more]);

  beforeAll(async () => {
    url = await aws.start();
    const { code, said } = await run('cdk', ['synth', '--quiet', STACK]);
    expect(code, said).toBe(0);
  });
  beforeEach(() => aws.failCreation(TABLE));
  afterAll(async () => {
    await aws.stop();
    clone.remove();
  });

  it('a plain cdk deploy cannot delete what is protected, as in AWS', async () => {
    const { code, said } = await run('cdk', ['deploy', STACK, ...options]);

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
});
