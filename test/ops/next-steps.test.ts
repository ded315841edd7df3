import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { EXIT, type StageOptions } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { checkApiKey } from '../../ops/doctor/api-key.ts';
import { checkEndpoint } from '../../ops/doctor/endpoint.ts';
import { checkQueues } from '../../ops/doctor/queues.ts';
import { checkSigningSecret } from '../../ops/doctor/signing-secret.ts';
import { createProgram } from '../../ops/main.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { commandLine, targetOf } from '../../ops/stage/command-line.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const FLAGS = ['--stage', 'dev', '--region', 'eu-west-1', '--profile', 'my ops', '--name', 'blue'];
const WHERE = "--stage dev --region eu-west-1 --profile 'my ops' --name blue";

const here = useStage(() => ({ target: targetOf(optionsOf(FLAGS)) }));

/** Runs a verb with flags for the stage, as a caller types them. */
const typed = (...argv: string[]) =>
  run([...argv, ...FLAGS], {
    connect: async (options: StageOptions): Promise<Stage> => ({ ...here.stage, target: targetOf(options) }),
  });

function optionsOf(flags: string[]): StageOptions {
  const pairs = flags.flatMap((flag, i) => (i % 2 ? [] : [[flag.slice(2), flags[i + 1]]]));
  return Object.fromEntries(pairs) as unknown as StageOptions;
}

const refusal = { kind: 'failed' as const, status: 422, isJson: true, mayHaveTakenEffect: false };

async function fail(): Promise<string> {
  here.service.answer = refusal;
  const id = await here.service.deliver();
  await here.service.work();
  return id;
}

describe('the next step', () => {
  it('the next step of dlq list names the same stage, for all messages or for those that were chosen', async () => {
    await fail();
    expect((await typed('dlq', 'list')).out).toContain(
      `"npx --no cyberdesk-webhooks dlq redrive --all ${WHERE}"`,
    );
    const chosen = await typed('dlq', 'list', '--reason', 'refused', '--limit', '5');
    expect(chosen.out).toContain(`"npx --no cyberdesk-webhooks dlq redrive --reason refused ${WHERE}"`);
    expect((await typed('dlq', 'redrive', '--all')).out).toContain(
      `"npx --no cyberdesk-webhooks events list ${WHERE}"`,
    );
  });

  it.each([
    ['events', 'show', 'nope'],
    ['events', 'replay', 'nope'],
  ])('the next step of %s %s for an unknown event names the same stage', async (...argv) => {
    expect((await typed(...argv)).err).toContain(`see "npx --no cyberdesk-webhooks events list ${WHERE}"`);
  });

  it('the next step of a redrive of an unknown event names the same stage', async () => {
    const { err } = await typed('dlq', 'redrive', 'nope');
    expect(err).toContain(`see "npx --no cyberdesk-webhooks dlq list ${WHERE}"`);
  });

  it('the next step of a send without a secret names the same stage', async () => {
    expect((await typed('send')).err).toContain(`"npx --no cyberdesk-webhooks secret set ${WHERE}"`);
  });

  it('the next step of reconcile names the same stage, with the same options and --apply', async () => {
    expect((await typed('reconcile', '--since', '1h')).err).toContain(
      `npx --no cyberdesk-webhooks api-key set ${WHERE}`,
    );
    const api = await startCyberdeskApi({});
    try {
      await setApiKey(here.stage, 'cd_test');
      here.stage.outputs.cyberdeskApiUrl = api.url;
      const { id } = api.seedRun({ workflow_id: '11111111-1111-4111-8111-111111111111' });
      api.complete(id, {});
      const until = new Date(Date.now() + 60_000).toISOString();
      const question = ['--since', '1h', '--grace', '0s', '--until', until, '--include-disabled'];
      const { out } = await typed('reconcile', ...question, '--restart');
      expect(out).toContain(`"npx --no cyberdesk-webhooks reconcile ${question.join(' ')} --apply ${WHERE}"`);
    } finally {
      await api.close();
    }
  });

  it('the next steps in the findings of the doctor name the same stage', async () => {
    const id = await here.service.deliver();
    const later = Date.now() + 7_200_000;
    const answering = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json({}, { status: 503 }));
    try {
      expect((await checkEndpoint(here.stage)).next).toContain(
        `npx --no cyberdesk-webhooks secret set ${WHERE}`,
      );
    } finally {
      answering.mockRestore();
    }
    expect((await checkSigningSecret(here.stage)).next).toContain(
      `npx --no cyberdesk-webhooks secret set ${WHERE}`,
    );
    expect((await checkApiKey(here.stage)).next).toContain(
      `npx --no cyberdesk-webhooks api-key set ${WHERE}`,
    );
    expect((await checkQueues(here.stage, later)).map(({ next }) => next)).toContain(
      `npx --no cyberdesk-webhooks events show ${id} ${WHERE}`,
    );
    await fail();
    expect((await checkQueues(here.stage)).map(({ next }) => next)).toContain(
      `npx --no cyberdesk-webhooks dlq list ${WHERE}`,
    );
  });

  it('the next step after a usage error names the same stage', async () => {
    expect((await run(['events', 'list', '--nonsense'])).err).toContain(
      '(see "npx --no cyberdesk-webhooks events list --help")',
    );
  });

  it('the next step after an unknown verb has no option behind the name, which npx would take for its own', async () => {
    expect((await run(['nonsense'])).err).toContain('(see "npx --no cyberdesk-webhooks help")');
  });
});

describe('commandLine', () => {
  it('commandLine quotes words for a shell', () => {
    const words = ['events', 'show', 'it\'s $HOME; `x` "y" …', '*'];
    const line = commandLine({ stage: 'dev' }, words).replace('npx --no cyberdesk-webhooks', '');
    const { stdout } = spawnSync('sh', ['-c', `for word in ${line}; do echo "[$word]"; done`], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n')).toEqual([...words, '--stage', 'dev'].map((word) => `[${word}]`));
  });

  it.each([
    [['events', 'show', '-rf'], {}],
    [['events', 'list'], { run: '-rf' }],
  ])(
    'commandLine writes an id that looks like an option so that it can be typed: %j %j',
    async (words, flags) => {
      const odd = await here.service.deliver({ event_id: '-rf', run: { id: '-rf' } });
      const argv = commandLine(here.stage.target, words, flags).match(/'[^']*'|\S+/g) ?? [];
      const { code, out } = await run(
        argv.slice(3).map((word) => word.replaceAll("'", '')),
        { connect: async () => here.stage },
      );
      expect([code, out]).toEqual([0, expect.stringContaining(odd)]);
    },
  );

  it.each([
    ['2026-11-25T10:00:00Z', '2026-11-25T10:00:00Z'],
    ['two words', "'two words'"],
    // PowerShell would read a list, a variable's parts and a comment.
    ['a,b', "'a,b'"],
    ['@ids', "'@ids'"],
    ['#1', "'#1'"],
    ["it's $HOME", "'it''s $HOME'"],
  ])('commandLine quotes %j so that it can be pasted in PowerShell too', (word, quoted) => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    expect(commandLine({ stage: 'dev' }, ['events', 'list'], { run: word })).toContain(` --run ${quoted} `);
    platform.mockRestore();
  });

  it('commandLine names the stage unless it is the default, and the port of a local run unless it is the usual one', () => {
    vi.stubEnv('CYBERDESK_WEBHOOKS_STAGE', '');
    expect(commandLine({ stage: 'local' }, ['doctor'])).toBe('npx --no cyberdesk-webhooks doctor');
    expect(commandLine({ stage: 'local', port: '9000' }, ['send'])).toBe(
      'npx --no cyberdesk-webhooks send --stage local:9000',
    );
    vi.stubEnv('CYBERDESK_WEBHOOKS_STAGE', 'dev');
    expect(commandLine({ stage: 'local' }, ['doctor'])).toBe(
      'npx --no cyberdesk-webhooks doctor --stage local',
    );
    vi.unstubAllEnvs();
  });
});

it('no error holds its advice behind a colon in the text instead of in "next"', async () => {
  const behindColon = /new \w*Error\(\s*([`'"])(?:(?!\1)[^\n])*: [a-z]/g;
  const found: string[] = [];
  for (const folder of ['ops', 'local']) {
    const root = join(import.meta.dirname, '../..', folder);
    for (const file of await readdir(root, { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const text = await readFile(join(root, file), 'utf8');
      found.push(...(text.match(behindColon) ?? []).map((error) => `${folder}/${file}: ${error}`));
    }
  }

  expect(found).toEqual([]);
});

it('no message contains a call that was not made by commandLine', async () => {
  const ops = join(import.meta.dirname, '../../ops');
  const verbs = (await createProgram({ io: processIo(), exitCode: EXIT.ok })).commands
    .flatMap((verb) => [verb.name(), ...verb.commands.map((sub) => `${verb.name()} ${sub.name()}`)])
    .filter((name) => name.includes(' '));
  const byHand = new RegExp(`cyberdesk-webhooks [a-z]|["\`](${verbs.join('|')})["\` ]`);
  const files = (await readdir(ops, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const found: string[] = [];
  for (const file of files) {
    const lines = (await readFile(join(ops, file), 'utf8')).split('\n');
    found.push(
      ...lines
        .filter((line) => byHand.test(line) && !/^\s*(\/?\*|\/\/)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  }
  expect(found).toEqual([]);
});
