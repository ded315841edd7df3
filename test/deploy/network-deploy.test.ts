import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';
import { AwsStub } from './aws-stub.ts';
import { runIn } from './deploying.ts';
import { EVERY_ENDPOINT, NAT, network, routed, VPC } from './network-account.ts';

describe('npm run deploy, with functions in subnets of their own', () => {
  const clone = makeClone();
  const aws = new AwsStub();
  let url = '';
  // An assembly that does not exist: what cdk says then shows that it was called.
  const deploy = () => runIn(clone, url, [process.execPath, 'bin/deploy.ts', 'prod']);
  const replace = (file: string, from: string, to: string) => {
    const path = join(clone.root, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  beforeAll(async () => {
    url = await aws.start();
    replace('stages.ts', 'prod: {', `prod: {\n    vpc: ${JSON.stringify(VPC)},`);
    replace('cdk.json', 'node bin/app.mjs', 'no-assembly');
  });
  beforeEach(() => {
    aws.calls.length = 0;
  });
  afterAll(async () => {
    await aws.stop();
    clone.remove();
  });

  it('npm run deploy says what a network lacks, one line each with its command, and deploys nothing', async () => {
    aws.network = network(routed());

    const { code, said } = await deploy();

    expect(code).toBe(1);
    expect(said.match(/^[✗!] network: .*/gm)).toEqual([
      expect.stringMatching(/^! network: subnet-0000000a has no route to 0.0.0.0\/0/),
      expect.stringMatching(/^! network: subnet-0000000b has no route/),
      ...['dynamodb', 'secretsmanager', 'sns', 'sqs'].map((service) =>
        expect.stringContaining(`✗ network: nothing leads to ${service} from subnet-0000000a`),
      ),
    ]);
    expect(said.match(/^ {2}next: aws ec2 create-/gm)).toHaveLength(6);
    expect(said).toContain('nothing was deployed');
    expect(said).not.toContain('no-assembly');
  });

  it('npm run deploy goes on once everything is there', async () => {
    aws.network = network({ ...routed(NAT), VpcEndpoints: EVERY_ENDPOINT });

    const { said } = await deploy();

    expect(said).not.toContain('network:');
    expect(said).toContain('no-assembly');
  });
});
