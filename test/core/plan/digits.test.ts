import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import { serialize } from '../../../lambda/core/plan/serialize.ts';
import { parseExact } from '../../../lambda/json/parse.ts';
import {
  ExactNumber,
  type Json,
  type RuleDefinition,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { decimalsOf, spelledJson } from '../../json/spelled.ts';
import { runSnapshot } from '../support/cyberdesk.ts';
import { planOf } from '../support/plan.ts';
import { event, lineage, loseResponse, processEvent, setUpFor, world } from '../support/scenario.ts';
import { runComplete } from '../support/webhooks.ts';

const LONG = ['9007199254740993', '12345678901234567890', '1234567890123456.78', '-1e400'];

/** The webhook of a run whose output is this JSON text. */
const webhookOf = (output: string) =>
  Buffer.from(
    runComplete({ output_data: 'OUTPUT' })
      .toString()
      .replace('"OUTPUT"', () => output),
  );

/** Handles it, and returns the bodies that were sent to Cyberdesk. */
async function handle(output: string, ...rules: RuleDefinition[]): Promise<string[]> {
  await setUpFor(webhookOf(output), ...rules);
  world.secrets.set('arn:secret#AWSCURRENT', '{"pin":12345678901234567890}', 'v1');
  await processEvent();
  return world.cyberdesk.calls
    .filter(({ name }) => ['createRun', 'createChain', 'retryRun'].includes(name))
    .map(({ name, args }) => String(args[name === 'retryRun' ? 1 : 0]));
}

const copyTo = (...kinds: ('run' | 'chain' | 'retry' | 'filled')[]): RuleDefinition => ({
  name: 'copy',
  actions({ run }) {
    const inputs = { it: run.output_data };
    const sensitive = { pin: secret('arn:secret', 'pin') };
    const actions = {
      run: startRun({ workflow_id: 'next', input_values: inputs }),
      chain: startChain({ steps: [{ workflow_id: 'next', inputs }] }),
      retry: retryRun({ max: 1, input_values: inputs }),
      filled: startRun({ workflow_id: 'next', input_values: inputs, sensitive_input_values: sensitive }),
    };
    return kinds.map((kind) => actions[kind]);
  },
});

describe('digits of a payload', () => {
  it('digits of a payload reach every call as they came, whatever the payload is', async () => {
    await fc.assert(
      fc.asyncProperty(spelledJson, async (output) => {
        const sent = await handle(output, copyTo('run', 'chain', 'retry', 'filled'));

        const came = decimalsOf(output);
        expect(sent.map(decimalsOf)).toEqual([
          came,
          came,
          came,
          [...came, ...decimalsOf('12345678901234567890')],
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it.each(LONG)('the digits of %s are sent as they were spelled', async (text) => {
    const sent = await handle(`{"account":${text}}`, {
      name: 'copy',
      actions: ({ run }) =>
        startRun({
          workflow_id: 'next',
          input_values: { account: run.output_data?.account, text: `${run.output_data?.account}` },
        }),
    });

    expect(sent).toEqual([`{"workflow_id":"next","input_values":{"account":${text},"text":"${text}"}}`]);
  });

  it('a body without long numbers has the bytes that it always had', async () => {
    const output = '{"a":[1,2.50,-0,1e2,0.1],"b":"12345678901234567890","c":null}';

    expect(await handle(output, copyTo('run'))).toEqual([
      `{"workflow_id":"next","input_values":{"it":${JSON.stringify(JSON.parse(output))}}}`,
    ]);
  });

  it.each([
    ['adds to one', (n: never) => n + 1],
    // biome-ignore lint/style/useTemplate: what a rule may contain
    ['joins one to a text with +', (n: never) => 'account ' + n],
    ['clones one', (n: Json) => structuredClone({ n })],
    ['makes an infinite number of one', (n: unknown) => Number(n)],
  ])('a rule that %s fails the event rather than change its digits', async (_, change) => {
    const sent = await handle('{"n":-1e400}', {
      name: 'change',
      actions: ({ run }) =>
        startRun({ workflow_id: 'next', input_values: { n: change(run.output_data?.n as never) } }),
    });

    expect(sent).toEqual([]);
    expect(event()).toMatchObject({ state: 'failed', reason: 'rule_threw' });
  });

  it('a number made by a rule is sent with its digits', () => {
    const content = { account: new ExactNumber('9007199254740993') };

    expect(serialize(content, { secret: 'nowhere', attachments: 'nowhere' }).body).toBe(
      '{"account":9007199254740993}',
    );
  });

  it('a number that is not finite is blamed on the rule, wherever it stands', () => {
    for (const input_values of [{ n: Number.NaN }, { n: [{ n: Number.POSITIVE_INFINITY }] }])
      expect(planOf(() => startRun({ workflow_id: 'w', input_values }))).toMatchObject({
        kind: 'failed',
        reason: 'rule_threw',
        thrown: { rule: 'rule', error: 'TypeError' },
      });
  });
});

describe('an attempt whose response was lost', () => {
  const rule: RuleDefinition = {
    name: 'copy',
    actions: ({ run }) =>
      startRun({ workflow_id: 'workflow-next', input_values: { account: run.output_data?.account } }),
  };

  /** Loses the answer, then shows a run with this account. */
  async function afterwards(account: string) {
    await setUpFor(webhookOf('{"account":9007199254740993}'), rule);
    await loseResponse();
    const shown = parseExact(`{"account":${account}}`);
    world.cyberdesk.runs = [runSnapshot({ id: 'found', workflow_id: 'workflow-next', input_values: shown })];
    world.later(10 * MINUTE);
    await processEvent();
    return { state: event().state, reason: event().reason, run: lineage('found')?.action !== undefined };
  }

  it.each(['9007199254740993', '9007199254740993.0', '9.007199254740993e15'])(
    'a lookup takes the run that shows %s for its own',
    async (account) => {
      expect(await afterwards(account)).toEqual({ state: 'processed', reason: undefined, run: true });
    },
  );

  it.each(['9007199254740992', '9007199254740995', '"9007199254740993"'])(
    'a lookup leaves the run that shows %s to a person',
    async (account) => {
      expect(await afterwards(account)).toEqual({ state: 'failed', reason: 'outcome_unknown', run: false });
    },
  );
});
