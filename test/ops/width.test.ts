import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EXIT, pathOf } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { table, wrapped } from '../../ops/cli/show.ts';
import { createProgram } from '../../ops/main.ts';
import { COMMAND, commandLine, GROUPS } from '../../ops/stage/command-line.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const COLUMNS = 80;
const template = join(import.meta.dirname, '../golden/__golden__/template/dev.json');

/** Lines that a terminal would wrap. A suggested command stands in one line, so that it can be copied. */
const tooLong = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.length > COLUMNS && !/^next|"npx |^ +(next: )?npx |^·|^ {2}\[\d/.test(line));

const program = await createProgram({ io: processIo(), exitCode: EXIT.ok });
const verbs = program.commands
  .flatMap((verb) => [verb, ...verb.commands])
  .map((verb) => pathOf(verb).join(' '));

describe('what is printed fits 80 columns', () => {
  const here = useStage();

  it.each(['', ...verbs])('the help of "%s" fits 80 columns', async (verb) => {
    const { code, out } = await run([...verb.split(' ').filter(Boolean), '--help'], { columns: COLUMNS });

    expect([code, tooLong(out)]).toEqual([0, []]);
    expect(out).toContain('Usage: ');
  });

  it.each([
    [['events', 'list']],
    [['dlq', 'list']],
    [['queues']],
    [['audit', 'list']],
    [['cost', '--template', template]],
  ])('the table of %j fits 80 columns, and nothing of it is lost', async (argv) => {
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    const id = await here.service.deliver();
    await here.service.work();
    const connect = async () => here.stage;
    await run(['events', 'replay', id, '--because', 'a reason of several words that is rather long'], {
      connect,
    });

    const narrow = await run(argv, { columns: COLUMNS, connect });
    const wide = await run(argv, { connect });

    expect(tooLong(narrow.out)).toEqual([]);
    const words = (text: string) => new Set(text.split(/\s+/));
    // Titles of columns without a value, and ages.
    const ages = /^([A-Z]+|just|now|\d+[smhd]|ago|-)$/;
    expect([...words(wide.out)].filter((word) => !ages.test(word) && !words(narrow.out).has(word))).toEqual(
      [],
    );
  });

  it('the timeline of an event fits 80 columns', async () => {
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    const id = await here.service.deliver();
    await here.service.work();

    const { out } = await run(['events', 'show', id], { columns: COLUMNS, connect: async () => here.stage });

    expect(tooLong(out)).toEqual([]);
  });

  it('what the doctor finds fits 80 columns', async () => {
    const { out } = await run(['doctor', '--no-probe'], {
      columns: COLUMNS,
      connect: async () => here.stage,
    });

    expect(out).toContain('next:');
    expect(tooLong(out)).toEqual([]);
  });

  it('a sentence is broken around a command, which stays whole', () => {
    const command = 'npx --no cyberdesk-webhooks reconcile --since 8d --stage local:9000 --apply';
    const text = `Look first: ${command}. Then say what you found in it, and whether it was all.`;

    expect(wrapped(text, COLUMNS, '').split('\n')).toEqual([
      'Look first:',
      `${command}.`,
      'Then say what you found in it, and whether it was all.',
    ]);
  });

  it.each([
    [['send'], {}],
    [['events', 'list'], { state: 'failed', since: '1d' }],
    [['events', 'show', 'a,b'], {}],
    [['events', 'show', '-7d4e'], {}],
    [['workflows', 'enable', randomUUID(), randomUUID()], {}],
    [['events', 'settle', randomUUID()], { action: 2, startAgain: true }],
    [['dlq', 'redrive'], { all: true, reason: ['refused', 'garbage'] }],
    [['verify-api'], { workflow: '<id>' }],
  ])('a command is found in a text, and nothing of the text: %j with %j', (words, flags) => {
    for (const target of [{ stage: 'local' }, { stage: 'prod', region: 'eu-west-1' }]) {
      const command = commandLine(target, words, flags);
      for (const after of [' shows it', '. Then', '; and', ', then', ''])
        expect(COMMAND.exec(`See: ${command}${after}`)?.[0]).toBe(command);
    }
  });

  it('the verbs that have verbs of their own are known to what looks for a command', () => {
    const groups = program.commands.filter(({ commands }) => commands.length > 0);

    expect(groups.map((group) => group.name()).sort()).toEqual([...GROUPS].sort());
  });

  it('a table puts columns that do not fit below their row, with their titles and broken at words', () => {
    const io = { columns: 24, style: (_format: unknown, text: string) => text };
    const columns = ['A', 'B', 'NOTE'].map((title, index) => ({
      title,
      value: (row: readonly string[]) => row[index] ?? '',
    }));

    const shown = table(
      io,
      [
        ['first', 'x'.repeat(12), 'a note that is long'],
        ['second', 'y', '-'],
      ],
      columns,
    );

    expect(shown).toBe(
      ['A       B', 'first   xxxxxxxxxxxx', '    NOTE a note that is', '    long', 'second  y', ''].join(
        '\n',
      ),
    );
  });
});
