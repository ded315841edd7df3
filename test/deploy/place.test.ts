import { describe, expect, it } from 'vitest';
import { type MoreClients, placeOf } from '../../bin/before-deploy/place.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import type { Clients } from '../../ops/stage/clients.ts';
import { awsError, stubAws } from '../ops/support/aws.ts';
import { ACCOUNT, REGION } from './support.ts';

const Credentials = { AccessKeyId: 'AKIA', SecretAccessKey: 's', SessionToken: 't' };

function placeWith(assumeRole: unknown, settings: StageSettings = {}, options: string[] = []) {
  const aws = stubAws({
    GetCallerIdentity: { Account: ACCOUNT, Arn: `arn:aws-cn:iam::${ACCOUNT}:user/me` },
    AssumeRole: assumeRole,
  });
  const { clients } = aws;
  const more = { ssm: clients.sts, acm: clients.sts, route53: clients.sts } as unknown as MoreClients;
  const own: Clients & MoreClients = { ...clients, ...more };
  const place = placeOf({ stage: 'prod', settings: { region: REGION, ...settings }, options }, own);
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
  ])('the place has the qualifier of the bootstrap from %j', async (options) => {
    const { place, role } = placeWith({ Credentials }, {}, options);

    expect(await place).toMatchObject({ qualifier: 'mine' });
    expect(role()).toContain('cdk-mine-deploy-role');
  });
});
