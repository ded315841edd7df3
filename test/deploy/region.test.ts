import { describe, expect, it } from 'vitest';
import { checkRegion } from '../../bin/before-deploy/checks/region.ts';
import { preFlight } from '../../bin/before-deploy/pre-flight.ts';
import { ACCOUNT, account, answers, placeIn, REGION, textsOf } from './support.ts';

describe('checkRegion', () => {
  const settings = {
    destinations: {
      keep: { handler: 'handlers/persist-run.ts' },
      team: { queue: `arn:aws:sqs:eu-central-1:${ACCOUNT}:team` },
      bus: { eventBus: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/team` },
    },
    sensitiveSecretArns: [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:portal-AbCdEf`],
    encryptionKey: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`,
  };

  it('what a stage without a region names in another region than that of the deployment is a problem', async () => {
    expect(textsOf(await checkRegion(placeIn(account(), settings)))).toEqual([
      'problem: sensitiveSecretArns.0 is in us-east-1, and the stage is deployed to eu-west-1',
      'problem: encryptionKey is in eu-central-1, and the stage is deployed to eu-west-1',
      'problem: destinations.team.queue is in eu-central-1, and the stage is deployed to eu-west-1',
    ]);
  });

  it('a deployment to another region than that of a destination is refused before it begins', async () => {
    const said = answers();
    const place = placeIn(account(), { destinations: { team: settings.destinations.team } });

    await expect(preFlight(place, { isFirst: true, isFree: true }, said)).rejects.toThrow(
      'nothing was deployed',
    );
    expect(said.text()).toContain('✗ region: destinations.team.queue is in eu-central-1');
    expect(said.text()).toContain('next: deploy to eu-central-1, or name what is in eu-west-1');
  });

  it('settings without an ARN, or with ARNs of the region, are fine', async () => {
    const { bus, keep } = settings.destinations;

    expect(await checkRegion(placeIn(account()))).toEqual([]);
    expect(await checkRegion(placeIn(account(), { destinations: { bus, keep } }))).toEqual([]);
  });
});
