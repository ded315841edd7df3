import { randomUUID } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_FILE, buildOptionsOf } from '../../lib/functions/build-options.ts';
import { readBundles } from '../../local/template/bundles.ts';
import { makeClone } from '../support/clone.ts';
import { freePort, start } from '../support/start-process.ts';
import type { ShownEvent } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const SENDERS = 4;
const EDITS = 3;

const clone = makeClone();
const rules = join(clone.root, 'follow-ups.ts');
const shipped = readFileSync(rules, 'utf8');
let url: string;
let run: ReturnType<typeof start>;
let secret: string;
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  run = start(clone.root, { PORT: port });
  await waitFor('the run to be ready', () => /^ready/m.test(run.output.out));
  secret = /whsec_\S+/.exec(run.output.out)?.[0] ?? '';
});
afterAll(async () => {
  await run?.stop();
  clone.remove();
});

/** Edits a file and waits for what the run says about it. */
async function edit(file: string, text: string, said: RegExp): Promise<string> {
  const before = run.output.out.length;
  writeFileSync(file, text);
  const [line] = await waitFor(
    `a line like ${said}`,
    () => said.exec(run.output.out.slice(before)) ?? undefined,
  );
  console.log(line);
  return line;
}

const renamed = (name: string): string => shipped.replace("'start-next-workflow'", `'${name}'`);

async function send(): Promise<{ id: string; summary: string; status: number }> {
  const summary = randomUUID();
  const event = runComplete({ output_data: { summary } });
  const { status } = await deliver(`${url}/webhooks/cyberdesk`, secret, event);
  return { id: event.event_id, summary, status };
}

const finished = (id: string): Promise<ShownEvent> =>
  waitFor(`event ${id} to finish`, async () => {
    const response = await fetch(`${url}/_local/events/${id}`);
    const event = (await response.json()) as ShownEvent;
    return response.status === 200 && event.state !== 'received' ? event : undefined;
  });

interface Stack {
  readonly cyberdesk_url: string;
  readonly functions: readonly {
    readonly label: string;
    readonly code: string;
    readonly environment: Readonly<Record<string, string>>;
  }[];
}

const stack = async (): Promise<Stack> => (await fetch(`${url}/_local/stack`)).json() as Promise<Stack>;

const rulesOf = async (): Promise<string[]> =>
  (await finished((await send()).id)).actions.map(({ rule }) => rule);

it('edited rules are at work without a synthesis, and under load no event is lost', async () => {
  let isOver = false;
  const sent: Awaited<ReturnType<typeof send>>[] = [];
  const sender = async () => {
    while (!isOver) {
      const event = await send();
      sent.push(event);
      if (event.status === 200) await finished(event.id);
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);
  for (let count = 0; count < EDITS; count += 1)
    await edit(rules, renamed(`edit-${count}`), /follow-ups\.ts: live in the processor after [\d.]+ s/);
  isOver = true;
  await Promise.all(senders);

  const events = await Promise.all(sent.map(({ id }) => finished(id)));
  const state = await (await fetch(`${(await stack()).cyberdesk_url}/_control/state`)).json();
  const { runs } = state as { runs: { input_values: { summary: string } }[] };
  console.log(`${EDITS} edits: ${sent.length} events sent, ${runs.length} follow-ups`);
  expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
  expect(events.filter(({ state }) => state !== 'processed')).toEqual([]);
  expect(runs.map(({ input_values }) => input_values.summary).sort()).toEqual(
    sent.map(({ summary }) => summary).sort(),
  );
  expect(await rulesOf()).toContain(`edit-${EDITS - 1}`);
  expect(run.output.out).not.toContain('synthesized again');
});

it.each([
  ['built', `${shipped}const a = ;\n`, /follow-ups\.ts:\d+: Unexpected ";"; what ran before still runs/],
  [
    'loaded',
    `${shipped}throw new TypeError('not today');\n`,
    /follow-ups\.ts:\d+: TypeError: not today; what ran before still runs/,
  ],
  [
    'used',
    shipped.replace("exceptWorkflow: 'next'", "exceptWorkflow: 'text'"),
    /follow-ups\.ts: rule "start-next-workflow" has the exceptWorkflow "text", .*; what ran before still runs/,
  ],
])('rules that cannot be %s leave those before at work', async (_, text, said) => {
  await edit(rules, renamed(`not-${_}`), /follow-ups\.ts: live/);

  await edit(rules, text, said);

  expect(await rulesOf()).toContain(`not-${_}`);
});

it('the code that the run describes is that of the last edit that is live', async () => {
  const describes = async (text: string) => {
    const { functions } = await stack();
    const code = functions.find(({ label }) => label === 'processor')?.code ?? '';
    return readFileSync(join(code, BUNDLE_FILE), 'utf8').includes(text);
  };

  await edit(rules, renamed('described'), /follow-ups\.ts: live/);
  expect(await describes('described')).toBe(true);

  await edit(rules, `${shipped}throw new TypeError('not today');\n`, /what ran before still runs/);
  expect(await describes('described')).toBe(true);
});

it('the same bytes are built as those that are synthesized', async () => {
  const [assembly = ''] = globSync(join(clone.root, '.local.dev.*'));
  const bundles = readBundles(assembly);

  for (const bundle of bundles) {
    // As it was when it was synthesized.
    writeFileSync(rules, shipped);
    const outfile = join(assembly, 'bundle', BUNDLE_FILE);
    const { outputFiles } = await build({ ...buildOptionsOf(bundle), outfile, write: false });
    const made = outputFiles.map(({ path, contents }) => [
      path.split('/').at(-1),
      Buffer.from(contents).toString(),
    ]);
    const names = globSync('*', { cwd: bundle.asset }).sort();
    expect(Object.fromEntries(made)).toEqual(
      Object.fromEntries(names.map((name) => [name, readFileSync(join(bundle.asset, name), 'utf8')])),
    );
  }
  expect(bundles).toHaveLength(3);
});

it('an edit of stages.ts is synthesized, and webhooks wait in the meantime', async () => {
  const stages = join(clone.root, 'stages.ts');
  const text = readFileSync(stages, 'utf8').replace('dev: {', 'dev: {\n    maxFollowUpDepth: 1,');
  const before = run.output.out.length;
  await edit(stages, text, /stages\.ts: has changed, so the app is synthesized again/);
  const answers = [];
  const said = () => run.output.out.slice(before);
  while (!/^(ready again.*|.*still runs)$/m.test(said())) {
    const event = await send();
    answers.push(event);
    if (event.status === 200) await finished(event.id);
  }

  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(said()).toContain('ready again');
  const { functions } = await stack();
  expect(functions.map(({ environment }) => environment.MAX_FOLLOW_UP_DEPTH)).toContain('1');
});

/** Infrastructure with a table whose key has this name. */
const withTable = (key: string): string => `import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Extend } from './lib/extend.ts';
export const extend: Extend = ({ stack }) => {
  new TableV2(stack, 'Mine', { tableName: 'mine', partitionKey: { name: '${key}', type: AttributeType.STRING } });
};
`;

/** Infrastructure with an index whose name is too short, beside a queue. */
const WITH_REFUSED = `import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Extend } from './lib/extend.ts';
export const extend: Extend = ({ stack }) => {
  const key = (name: string) => ({ partitionKey: { name, type: AttributeType.STRING } });
  new TableV2(stack, 'Refused', { ...key('id'), globalSecondaryIndexes: [{ indexName: 'by', ...key('by') }] });
  new Queue(stack, 'Jobs', { fifo: true });
};
`;

describe('an edit that cannot run', () => {
  const stages = join(clone.root, 'stages.ts');
  /** What health answers until it is stopped. */
  function watchHealth() {
    const seen = new Set<string>();
    let isOver = false;
    const watched = (async () => {
      while (!isOver) {
        const response = await fetch(`${url}/_local/health`);
        const { status } = (await response.json()) as { status: string };
        seen.add(`${response.status} ${status}`);
      }
    })();
    const stop = async () => {
      isOver = true;
      await watched;
      return [...seen];
    };
    return { stop };
  }
  const saidSince = (start: number) => run.output.out.slice(start);

  it('rules that are half written while stages.ts is synthesized do not end the run', async () => {
    const health = watchHealth();
    const start = run.output.out.length;
    await edit(stages, `${readFileSync(stages, 'utf8')}// edited\n`, /stages\.ts: has changed/);
    writeFileSync(rules, `${shipped}const a = ;\n`);
    await waitFor('both to be taken up', () => /still runs|is the same|ready again/.test(saidSince(start)));
    await edit(rules, renamed('after-all'), /live in the processor|ready again/);

    expect(await rulesOf()).toContain('after-all');
    expect(await health.stop()).toContain('200 ok');
    expect(run.output.err).toBe('');
  });

  it('a table of the customer with another key is refused, and what ran before goes on', async () => {
    const infrastructure = join(clone.root, 'infrastructure.ts');
    const before = readFileSync(infrastructure, 'utf8');
    await edit(infrastructure, withTable('a'), /ready again/);
    await edit(infrastructure, withTable('b'), /has other keys.*is started again\n/);
    const event = await send();

    expect((await finished(event.id)).state).toBe('processed');
    await edit(infrastructure, withTable('a'), /ready again|The synthesis is the same/);
    await edit(infrastructure, before, /ready again/);
  });

  it('a resource that AWS would refuse is one line, and what ran before goes on', async () => {
    const infrastructure = join(clone.root, 'infrastructure.ts');
    const before = readFileSync(infrastructure, 'utf8');
    const start = run.output.out.length;
    await edit(infrastructure, WITH_REFUSED, /is started again\n/);
    const event = await send();

    expect((await finished(event.id)).state).toBe('processed');
    expect(saidSince(start)).toMatch(
      /^infrastructure\.ts: the table CyberdeskWebhooks-dev\/Refused \(Refused\w+\) cannot be created: ValidationException: .* is started again$/m,
    );
    expect(saidSince(start)).not.toMatch(/^\s+at /m);
    await edit(infrastructure, before, /ready again|The synthesis is the same/);
    expect(run.output.err).toBe('');
  });

  it('a workflow may be added to the stages first and to the rules afterwards', async () => {
    const before = readFileSync(stages, 'utf8');
    const ids = "workflowIds: { invoice: '11111111-1111-4111-8111-111111111111' },";
    await edit(
      stages,
      before.replace('dev: {', `dev: {\n    ${ids}`),
      /"invoice", which the rules do not declare.*what ran before still runs\n/,
    );
    await edit(
      rules,
      shipped.replace("next: 'optional'", "invoice: 'required'").replace("'next'", "'invoice'"),
      /ready again/,
    );

    expect((await finished((await send()).id)).state).toBe('processed');
    writeFileSync(stages, before);
    await edit(rules, shipped, /ready again/);
  });

  it('an app that is synthesized and cannot be started is replaced by the one before', async () => {
    const health = watchHealth();
    const before = readFileSync(stages, 'utf8');
    await edit(
      stages,
      before.replace('  dev: {', '  other: {'),
      /STAGE "dev" has no stack.* is started again\n/,
    );
    const event = await send();

    expect((await finished(event.id)).state).toBe('processed');
    expect(await health.stop()).toContain('503 starting');
    await edit(stages, before, /ready again|The synthesis is the same/);
  });
});
