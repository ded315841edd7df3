import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { EXIT } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { createProgram } from '../../ops/main.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { run } from './support/command.ts';
import { readPage } from './support/pages.ts';
import { useStage } from './support/use-stage.ts';

const page = await readPage('operate/json.md');
const table = /\| verb \| document \|\n.*\n((?:\|.*\n)+)/.exec(page)?.[1] ?? '';
const rows = table.split('\n').map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));

/** The row of a verb: what it says of the document. */
const documented = (verb: string): string =>
  rows.find(([, verbs]) => verbs?.includes(`\`${verb}\``))?.[2] ?? '';

/** Names of a document's fields, and of those one level below. */
function fieldsOf(document: unknown, depth = 2): string[] {
  if (typeof document !== 'object' || document === null || depth === 0) return [];
  if (Array.isArray(document)) return document.flatMap((one) => fieldsOf(one, depth));
  return Object.entries(document).flatMap(([name, value]) => [name, ...fieldsOf(value, depth - 1)]);
}

const verbs = (await createProgram({ io: processIo(), exitCode: EXIT.ok })).commands
  .flatMap((verb) => (verb.commands.length > 0 ? verb.commands : [verb]))
  .filter(({ options }) => options.some(({ long }) => long === '--json'))
  .map((verb) => (verb.parent?.parent ? `${verb.parent.name()} ${verb.name()}` : verb.name()));

it.each(verbs)('docs/operate/json.md documents the JSON of %s', (verb) => {
  expect(documented(verb)).not.toBe('');
});

describe('the fields in docs/operate/json.md', () => {
  const here = useStage(() => ({ name: 'local', hasFakeApi: true }));
  const secret = (letter: string) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`;
  const call = async (argv: string[], input = '') => {
    const { json } = await run([...argv, '--json'], { input, connect: async () => here.stage });
    return json() as object;
  };
  let id: string;
  beforeEach(async () => {
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    id = await here.service.deliver();
    await here.service.work();
  });

  it.each([
    [['doctor', '--stage', 'local', '--no-probe'], ''],
    [['events', 'list'], ''],
    [['events', 'replay', 'ID', 'other'], ''],
    [['events', 'settle', 'ID', '--action', '1', '--skip'], ''],
    [['dlq', 'list'], ''],
    [['audit', 'list'], ''],
    [['dlq', 'redrive', '--all'], ''],
    [['queues'], ''],
    [['secret', 'set'], secret('A')],
    [['secret', 'revoke-previous'], ''],
    [['api-key', 'set'], 'cd_key'],
  ])('docs/operate/json.md names each field of %j', async (argv, input) => {
    const document = await call(
      argv.map((word) => (word === 'ID' ? id : word)),
      input,
    );
    const verb = argv.slice(0, argv[1]?.match(/^[a-z]/) ? 2 : 1).join(' ');
    // A row may refer to another one.
    const text = documented(verb) + (verb.startsWith('dlq') ? documented('dlq list') : '');
    const fields = fieldsOf(document);
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
  });

  it('docs/operate/json.md names each field of ["events","show"]', async () => {
    const text = documented('events list') + documented('events show');
    const fields = fieldsOf(await call(['events', 'show', id, '--payload']), 1);
    // Only events that the sweeper has sent again, or that are being processed, have these.
    const all = [...fields, 'resent_at', 'progress'];
    expect(all.filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
  });

  it('docs/operate/json.md names each field of ["verify-api"]', async () => {
    let now = Date.now();
    const sleep = async (ms: number) => {
      now += ms;
    };
    const api = await startCyberdeskApi({ now: () => now });
    onTestFinished(() => api.close());
    const outputs = { ...here.stage.outputs, cyberdeskApiUrl: api.url };
    await setApiKey(here.stage, 'cd_key');
    const argv = ['verify-api', '--json', '--workflow', '11111111-1111-4111-8111-111111111111'];
    const connect = async () => ({ ...here.stage, outputs });

    const { json } = await run(argv, { clock: { now: () => now, sleep }, connect });

    const fields = fieldsOf(json());
    expect(fields).toContain('results');
    expect(fields.filter((field) => !documented('verify-api').includes(field))).toEqual([]);
  });
});
