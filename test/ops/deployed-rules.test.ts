import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LoopbackServer } from '../../ops/http/index.ts';
import { unzip } from '../../ops/rules/unzip.ts';
import { stubAws } from './support/aws.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';
import { bundleOf, processorVariables, rulesFile } from './support/rules.ts';
import { useStage } from './support/use-stage.ts';

/** A ZIP archive, as CDK uploads it: deflated files, then the directory. */
function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const offset = parts.reduce((sum, { length }) => sum + length, 0);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    for (const [header, at] of [
      [local, 8],
      [entry, 10],
    ] as const)
      header.writeUInt16LE(8, at);
    for (const [header, at] of [
      [local, 18],
      [entry, 20],
    ] as const)
      header.writeUInt32LE(packed.length, at);
    for (const [header, at] of [
      [local, 26],
      [entry, 28],
    ] as const)
      header.writeUInt16LE(name.length, at);
    // An extra field in one of the two places only.
    local.writeUInt16LE(4, 28);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), Buffer.alloc(4), packed);
    directory.push(entry, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

it('unzip finds a file among others, and says if it is missing', () => {
  const archive = zip({ 'index.mjs.map': Buffer.from('{}'), 'index.mjs': Buffer.from('text'.repeat(99)) });

  expect(String(unzip(archive, 'index.mjs'))).toBe('text'.repeat(99));
  expect(unzip(archive, 'other')).toBeUndefined();
  expect(unzip(Buffer.from('no archive at all, but long enough'), 'index.mjs')).toBeUndefined();
});

it('unzip reads what another program has packed', () => {
  const folder = ownFolder({ 'index.mjs': 'text' });
  // cspell:ignore writestr
  const code =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], "w"); z.writestr("index.mjs", "stored"); z.close()';
  execFileSync('python3', ['-c', code, folder.path('a.zip')]);
  expect(String(unzip(readFileSync(folder.path('a.zip')), 'index.mjs'))).toBe('stored');
});

describe('the rules of a deployed stage', () => {
  const here = useStage();

  async function prepare(answer: (code: Buffer) => { status?: number; body: Buffer }) {
    const folder = ownFolder({
      'old.ts': rulesFile(
        "{ name: 'a', actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.next }) }",
      ),
    });
    const code = zip({ 'index.mjs': readFileSync(await bundleOf(folder.path('old.ts'))) });
    const server = new LoopbackServer(async (_request, response) => {
      const { status = 200, body } = answer(code);
      response.writeHead(status).end(body);
    });
    onTestFinished(() => server.close());
    const url = await server.listen(0);
    const variables = {
      ...processorVariables({ NEXT_WORKFLOW_ID: 'n' }),
      POWERTOOLS_SERVICE_NAME: 'processor',
    };
    const resource = (name: string) => ({
      ResourceType: 'AWS::Lambda::Function',
      LogicalResourceId: name,
      PhysicalResourceId: name,
    });
    const { clients, called } = stubAws({
      ListStackResources: {
        StackResourceSummaries: ['OwnFunction', 'VerifierFunction', 'EventsProcessor'].map(resource),
      },
      GetFunction: ({ FunctionName }: Record<string, unknown>) => ({
        Configuration: { Environment: { Variables: FunctionName === 'EventsProcessor' ? variables : {} } },
        Code: { Location: `${url}/code` },
      }),
    });
    const { lambda, cloudFormation } = clients;
    const stage = { ...here.stage, clients: { ...here.stage.clients, lambda, cloudFormation } };
    const diff = () =>
      run(['rules', 'diff', '--since', '1h', '--rules', folder.path('old.ts')], {
        connect: async () => stage,
      });
    return { diff, called };
  }

  it('rules diff asks the rules in the code of a deployed stage, with the ids of its environment where no stages file has others', async () => {
    await here.service.deliver();
    const { diff, called } = await prepare((body) => ({ body }));

    const { code, out } = await diff();

    expect(out).toMatch(/^1 event since[\s\S]*nothing differs/);
    expect(code).toBe(0);
    expect(called('GetFunction').map(({ input }) => input.FunctionName)).not.toContain('VerifierFunction');
  });

  it.each([
    [
      'refused',
      { status: 403, body: Buffer.from('no') },
      /cannot be read \(HTTP 403\): try again, or .*--base/,
    ],
    ['no archive', { body: Buffer.from('x'.repeat(99)) }, /the deployed code cannot be read \(HTTP 200\)/],
  ])('deployed code that is %s is reported in one line', async (_, answer, line) => {
    const { diff } = await prepare(() => answer);
    const { code, err } = await diff();
    expect([code, err]).toEqual([2, expect.stringMatching(line)]);
  });
});
