import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOptions } from '../../bin/before-deploy/cdk-options.ts';
import { type MoreClients, placeOf } from '../../bin/before-deploy/place.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import type { Clients } from '../../ops/stage/clients.ts';
import { awsError, stubAws } from '../ops/support/aws.ts';
import { ACCOUNT, REGION } from './support.ts';

const Credentials = { AccessKeyId: 'AKIA', SecretAccessKey: 's', SessionToken: 't' };

const placeWith = (assumeRole: unknown, settings: StageSettings = {}, options: string[] = []) =>
  placeAt(assumeRole, { region: REGION, ...settings }, options);

function placeAt(assumeRole: unknown, settings: StageSettings, options: string[]) {
  const aws = stubAws({
    GetCallerIdentity: { Account: ACCOUNT, Arn: `arn:aws-cn:iam::${ACCOUNT}:user/me` },
    AssumeRole: assumeRole,
  });
  const { clients } = aws;
  const more = { ssm: clients.sts, acm: clients.sts, route53: clients.sts } as unknown as MoreClients;
  const own: Clients & MoreClients = { ...clients, ...more };
  const place = placeOf({ stage: 'prod', settings, options: readOptions(options) }, own);
  return { place, role: () => aws.called('AssumeRole')[0]?.input.RoleArn };
}

describe('placeOf', () => {
  it("the place is the caller's account, with the role that cdk deploys with, in the partition of the caller", async () => {
    const { place, role } = placeWith({ Credentials });

    expect(await place).toMatchObject({
      account: ACCOUNT,
      region: REGION,
      partition: 'aws-cn',
      hasRole: true,
    });
    expect(role()).toBe(`arn:aws-cn:iam::${ACCOUNT}:role/cdk-hnb659fds-deploy-role-${ACCOUNT}-${REGION}`);
  });

  it('the place is also known without that role, as cdk then uses the credentials of the caller', async () => {
    expect(await placeWith(awsError('AccessDenied')).place).toMatchObject({ hasRole: false });
  });

  it('the place in another account is known with that role only: elsewhere, one would look at the wrong stack', async () => {
    const settings = { account: '999999999999' };

    expect(await placeWith({ Credentials }, settings).place).toMatchObject(settings);
    await expect(placeWith(awsError('AccessDenied'), settings).place).rejects.toThrow(
      `the credentials are of account ${ACCOUNT}, and stages.ts has 999999999999`,
    );
  });

  it.each([
    [['-c', '@aws-cdk/core:bootstrapQualifier=mine']],
    [['--context=@aws-cdk/core:bootstrapQualifier=mine']],
    [['--context', '@aws-cdk/core:bootstrapQualifier=mine']],
    [['-c@aws-cdk/core:bootstrapQualifier=mine']],
    [['-c', '@aws-cdk/core:bootstrapQualifier=other', '-c', '@aws-cdk/core:bootstrapQualifier=mine']],
  ])('the place has the qualifier of the bootstrap from %j', async (options) => {
    const { place, role } = placeWith({ Credentials }, {}, options);

    expect(await place).toMatchObject({ qualifier: 'mine' });
    expect(role()).toContain('cdk-mine-deploy-role');
  });

  it('a place that differs from where cdk would deploy is refused in one line', async () => {
    const settings = { account: ACCOUNT, region: REGION };

    await expect(placeWith({ Credentials }, settings, ['--region', 'us-east-1']).place).rejects.toThrow(
      'stage "prod" is deployed to eu-west-1, as stages.ts says, and not to us-east-1: leave --region out, or change stages.ts',
    );
    expect(await placeWith({ Credentials }, settings, ['--region', REGION]).place).toMatchObject(settings);
  });

  it.each([
    ['a stage without a place', 'aws://unknown-account/unknown-region', `aws://${ACCOUNT}/${REGION}`],
    ['another account', `aws://999999999999/${REGION}`, `aws://${ACCOUNT}/${REGION}`],
  ])(
    'the place of an app that was synthesized before, for %s, is not that of stages.ts',
    async (_, synthesized, expected) => {
      const app = mkdtempSync(join(tmpdir(), 'assembly-'));
      onTestFinished(() => rmSync(app, { recursive: true }));
      const artifacts = { 'CyberdeskWebhooks-prod': { environment: synthesized } };
      writeFileSync(join(app, 'manifest.json'), JSON.stringify({ artifacts }));

      await expect(
        placeWith({ Credentials }, { account: ACCOUNT, region: REGION }, ['--app', app]).place,
      ).rejects.toThrow(
        `${app} has CyberdeskWebhooks-prod for ${synthesized}, and stages.ts for ${expected}`,
      );
    },
  );

  it('the place that --region names is also in the commands that are printed', async () => {
    const { place } = placeAt({ Credentials }, {}, ['--region=us-east-1']);

    expect(await place).toMatchObject({ region: 'us-east-1', target: { region: 'us-east-1' } });
  });
});
