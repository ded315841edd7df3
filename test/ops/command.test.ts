import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { table } from '../../ops/cli/show.ts';
import { after, parseSince, relative } from '../../ops/cli/time.ts';
import { edit } from '../../ops/send/body.ts';
import { isFine } from '../../ops/send/deliver.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { run } from './support/command.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const launcher = join(import.meta.dirname, '../../ops/cyberdesk-webhooks.mjs');

describe('the command', () => {
  const VERBS = [
    'doctor',
    'secret set',
    'secret revoke-previous',
    'api-key set',
    'send',
    'events list',
    'events show',
    'events replay',
    'dlq list',
    'dlq redrive',
    'queues',
    'reconcile',
    'cost',
    'destroy',
    'console',
    'completion',
  ];

  it('the command prints its version', async () => {
    const { code, out } = await run(['--version']);
    expect([code, out.trim()]).toEqual([0, packageJson.version]);
  });

  it.each(VERBS)('%s has --help with an example', async (verb) => {
    const { code, out } = await run([...verb.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`$ npx --no cyberdesk-webhooks ${verb}`);
  });

  it.each([
    ['nonsense'],
    ['events', 'lst'],
    ['events', 'list', '--limit', 'many'],
    ['events', 'show'],
    ['events', 'settle', 'one'],
  ])('%s %s is a usage error and exits with 2', async (...argv) => {
    expect((await run(argv)).code).toBe(2);
  });

  it.each([
    [['queues', '--nonsense'], /^unknown option '--nonsense'/],
    [['events', 'list', '--state', 'nonsense'], /--state.*nonsense/],
    [['events', 'settle', 'one'], /^required option '--action/],
    [['cost', '--size', '4194305'], /--size.*at most 4194304/],
    [['events'], /^unknown option '--json'/],
  ])('a usage error with --json (%j) is reported in JSON only', async (argv, message) => {
    const { code, out, err } = await run([...argv, '--json']);
    expect([code, out]).toEqual([2, '']);
    expect(JSON.parse(err)).toEqual({
      error: { name: 'BadArgument', message: expect.stringMatching(message) },
    });
  });

  it.each([
    ['secret', 'set', 'whsec_AAAA'],
    ['secret', 'set', 'whsec_AAAA', '--json'],
    ['api-key', 'set', 'whsec_AAAA'],
    ['api-key', 'set', '--key=whsec_AAAA'],
    ['secret', 'whsec_AAAA'],
    ['api-key', '--key=whsec_AAAA', '--json'],
  ])('%s %s %s refuses a secret as an argument without repeating it', async (...argv) => {
    const { code, out, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain('Never pass a secret as an argument');
    expect(out + err).not.toContain('AAAA');
  });

  it.each([
    ['send'],
    ['secret', 'set'],
    ['secret', 'revoke-previous'],
    ['api-key', 'set'],
    ['events', 'replay', 'x'],
    ['reconcile', '--since', '1h', '--apply'],
  ])('%s %s asks before it changes a stage other than local and dev', async (...argv) => {
    const touched: string[] = [];
    const client = {
      send: async (command: object) => {
        touched.push(command.constructor.name);
        return {};
      },
    };
    for (const name of ['prod', 'live']) {
      const stage = {
        name,
        isLocal: false,
        stackName: `CyberdeskWebhooks-${name}`,
        region: 'eu-west-1',
        outputs: {},
        clients: { dynamoDb: client, sqs: client, secrets: client },
      } as unknown as Stage;
      const connect = async () => stage;
      const { code, err } = await run([...argv, '--stage', name], { input: 'x', connect });
      expect([code, err]).toEqual([2, expect.stringMatching(new RegExp(`in ${name} .*--yes`))]);
    }
    expect(touched).toEqual([]);
  });

  describe.each(['reconcile', 'events list', 'events replay'])('%s', (verb) => {
    it.each([
      ['1h', '2h'],
      ['2026-11-24', '2026-11-24'],
    ])(`${verb} refuses a span that ends before it begins, from %s to %s`, async (since, until) => {
      const { code, err } = await run([...verb.split(' '), '--since', since, '--until', until]);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining(`--until "${until}" is not after --since "${since}"`),
      ]);
    });
  });

  it.each([
    'reconcile --since 2026-11-31',
    'reconcile --since 1h --until 2026-02-29T10:00:00Z',
    'events list --since 2026-11-31',
    'events replay --until 2026-11-31T10:00+02:00',
    'dlq list --since 2026-11-31',
    'dlq redrive --since 2026-11-31',
  ])('%s: a day that does not exist is refused', async (line) => {
    const { code, err } = await run(line.split(' '));
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^error: --(since|until) ".*there is no day 2026-/),
    ]);
  });

  it.each([
    [['--workflow', 'no-uuid'], /--workflow <id>.*no-uuid.*UUID/],
    [['--lookback', '366d'], /--lookback "366d" is too long: give at most 365d/],
    [['--lookback', '999999w'], /at most 365d/],
  ])('reconcile %j is a usage error and exits with 2', async (options, message) => {
    const { code, err } = await run(['reconcile', '--since', '1h', ...options]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it('the launcher starts the command', () => {
    const { status, stdout } = spawnSync(process.execPath, [launcher, '--help'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('Exit codes')]);
  });
});

describe('output', () => {
  it('table aligns columns, whatever their colours', () => {
    const rows = [
      { name: '\x1b[31mlong name\x1b[39m', count: '1' },
      { name: 'x', count: '10' },
    ];
    const columns = [
      { title: 'N', value: ({ name }: { name: string }) => name },
      { title: 'C', value: ({ count }: { count: string }) => count, align: 'right' as const },
    ];
    expect(table({ columns: 80, style: (_format, text) => text }, rows, columns)).toBe(
      'N           C\n\x1b[31mlong name\x1b[39m   1\nx          10\n',
    );
  });

  it.each([
    ['no colours in a pipe', {}, false],
    ['colours in a pipe if FORCE_COLOR is set', { FORCE_COLOR: '1' }, true],
  ])('the command shows %s', (_case, variables, isColored) => {
    const { NO_COLOR: _no, FORCE_COLOR: _force, ...environment } = process.env;

    const { stderr } = spawnSync(process.execPath, [launcher, 'queues', '--stage', 'local'], {
      env: { ...environment, PORT: '9', ...variables },
      encoding: 'utf8',
    });

    expect([stderr.includes('does not answer'), stderr.includes('\u001b[31m')]).toEqual([true, isColored]);
  });

  it.each([
    [NOW - 1000, 'just now'],
    [NOW - 90_000, '1m ago'],
    [NOW - 50 * 3_600_000, '2d ago'],
    [NOW + 3_700_000, 'in 1h'],
  ])('relative(%d) is %s', (at, text) => {
    expect(relative(at, NOW)).toBe(text);
  });
});

it.each([
  [0, '+0.0 s'],
  [420, '+0.4 s'],
  [42_000, '+42 s'],
  [-500, '-0.5 s'],
  [3 * 3_600_000 + 1, '+3h'],
])('after(%d) is %s', (ms, text) => {
  expect(after(ms)).toBe(text);
});

describe('parseSince', () => {
  it.each([
    ['2h', NOW - 7_200_000],
    ['2026-11-24', Date.parse('2026-11-24T00:00:00Z')],
    ['2026-11-24T10:00', Date.parse('2026-11-24T10:00:00Z')],
    ['2026-11-24T10:00:00+02:00', Date.parse('2026-11-24T08:00:00Z')],
  ])('parseSince reads %s as UTC', (text, at) => {
    expect(parseSince(text, '--since', NOW)).toBe(at);
  });

  it.each(['yesterday', '2h ago', '', '12', '2026-13-01'])(
    'parseSince refuses "%s" and names the option',
    (text) => {
      expect(() => parseSince(text, '--since', NOW)).toThrow(/--since/);
    },
  );
});

it.each([
  ['processed', true, true],
  ['ignored', true, true],
  ['failed', true, false],
  ['unprocessable', false, false],
  ['received', true, false],
  ['received', false, true],
] as const)('isFine of a test event that is %s (waited for: %s) is %s', (state, waited, fine) => {
  expect(isFine(state, waited)).toBe(fine);
});

describe('edit', () => {
  it('edit sets values by their paths, JSON as JSON and the rest as text', () => {
    const edited = edit({ run: { id: '1', n: 1 } }, [
      'run.n=2',
      'run.s=text',
      'run.deep.x=null',
      'run.t="3"',
    ]);
    expect(edited).toEqual({ run: { id: '1', n: 2, s: 'text', deep: { x: null }, t: '3' } });
  });

  it('send with edits of standard input reports that the input is not a JSON object', async () => {
    const connect = async () => ({}) as Stage;
    const { code, err } = await run(['send', '--file', '-', '--set', 'a=1'], { input: '[1]', connect });
    expect([code, err]).toEqual([2, expect.stringContaining('standard input does not hold a JSON object')]);
  });

  it.each(['x', '=1', 'run.id.x=1', '__proto__.x=1', 'a..b=1'])('edit refuses %s', (setting) => {
    expect(() => edit({ run: { id: '1' } }, [setting])).toThrow(/--set/);
  });
});
