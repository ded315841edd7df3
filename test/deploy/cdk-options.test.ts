// cspell:words hotswap seco
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KNOWN, readOptions } from '../../bin/before-deploy/cdk-options.ts';

describe('readOptions', () => {
  it.each([
    [['--region', 'us-east-1']],
    [['--region=us-east-1']],
    [['-fy', '--region', 'us-east-1', '--no-execute', '-vv']],
    [['-r', 'arn:aws:iam::123456789012:role/cfn', '--region', 'us-east-1']],
    [['--roleArn', 'arn:aws:iam::123456789012:role/cfn', '--toolkitStackName=T', '--region=us-east-1']],
    [['-c', 'nag=true', '-t', 'a=b', '-e', '--require-approval', 'never', '--region', 'us-east-1']],
  ])('the region is found among other options: %j', (args) => {
    expect(readOptions(args)).toMatchObject({ region: 'us-east-1', isYes: args.includes('-fy') });
  });

  it.each([[['-c', 'a=b=c']], [['-c=a=b=c']], [['--context', 'a=b=c']], [['--context=a=b=c']]])(
    'a context is read with everything after its first equals sign: %j',
    (args) => {
      expect(readOptions(args).context).toEqual(['a=b=c']);
    },
  );

  it.each([
    [['--yes'], true],
    [['-y'], true],
    [['--yes=true'], true],
    [['--yes=false'], false],
    [['--yes', 'false'], false],
    [['--rollback', 'false', '--yes', 'true'], true],
    [['-y', '--yes=false'], false],
    [['--no-yes'], false],
    [['--yes', '--no-yes'], false],
  ])('a yes is only what cdk takes for one: %j', (args, isYes) => {
    expect(readOptions(args).isYes).toBe(isYes);
  });

  it.each([
    [['CyberdeskWebhooks-dev'], '"CyberdeskWebhooks-dev" is not expected: one stage is deployed at a time'],
    [['--', 'CyberdeskWebhooks-dev'], '"CyberdeskWebhooks-dev" is not expected'],
    [['false'], '"false" is not expected'],
    [['--region', 'us-east-1', 'true'], '"true" is not expected'],
    [['--all'], '"--all" is not expected'],
    [['--regions', 'us-east-1'], 'cdk deploy has no option --regions'],
    [['--constructor'], 'cdk deploy has no option --constructor'],
    [['--region'], '--region has no value'],
    [['--region', '--yes'], '--region has no value'],
    [['--region='], '--region has no value'],
    [['-c', '--yes'], '-c has no value'],
    [['--region', 'us-east-1', '--region', 'us-east-2'], '--region is given twice'],
  ])(
    'what would deploy something else, or what cdk would refuse or ignore, is refused in one line: %j',
    (args, message) => {
      expect(() => readOptions(args)).toThrow(message);
    },
  );

  it('help and version are no deployment', () => {
    expect([['--help'], ['-h'], ['--version']].map((args) => readOptions(args).isInfo)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('every option that the CLI names is known, by its kind', () => {
    const { stdout } = spawnSync('npx', ['cdk', 'deploy', '--help'], {
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '500' },
    });
    // Long names are broken over two lines.
    const joined = stdout.replace(/(--hotswap-ecs-stabilization-timeout-seco) ([^\n]*)\n\s+nds/, '$1nds $2');
    const names = [...joined.matchAll(/^ {2}(?:-\w, )?(--[a-z].*?)(?: {2,}|$)/gm)].flatMap(([, all = '']) =>
      all.split(', ').flatMap((name) => (name.startsWith('--') ? [name.slice(2).trim()] : [])),
    );

    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !KNOWN.includes(name))).toEqual([]);
    // Hidden in the help, as the long form of -R.
    expect(KNOWN.filter((name) => !names.includes(name))).toEqual(['no-rollback']);
  });
});
