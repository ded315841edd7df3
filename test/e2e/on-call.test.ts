import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocal } from '../../local/run.ts';
import type { Finding } from '../../ops/doctor/check.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';
import { FAULTS, type PlantedFault } from './on-call/faults.ts';
import { Night, newSecret, PRIVATE } from './on-call/night.ts';
import type { Answer } from './on-call/question.ts';

const APP = fileURLToPath(new URL('on-call/app.ts', import.meta.url));
/** Some answers take a minute, and several are asked for. */
const PATIENCE = 400_000;
/** The faults of the on-call trial. */
const ALL = Array.from({ length: 23 }, (_, index) => index + 1);

/** A fault, and what was said about it. */
interface Row extends Answer {
  number: string;
  fault: string;
}

/** The line of a text in which what a pattern looks for ends. */
function lineWith(text: string, pattern: RegExp): string {
  const found = pattern.exec(text);
  const end = found ? found.index + found[0].length : 0;
  return (
    text
      .slice(text.lastIndexOf('\n', end - 1) + 1)
      .split('\n')[0]
      ?.trim() ?? ''
  );
}

const lineOf = ({ number, fault, who, said, next }: Row): string =>
  `${number.padEnd(3)} ${fault}\n      ${who}: ${said}\n      next: ${next}`;

const short = (text: string): string => (text.length > 150 ? `${text.slice(0, 149)}…` : text);

type Expected = Pick<PlantedFault, 'names' | 'next' | 'never'>;

const isNamed = ({ names, next, never }: Expected, { said, next: advice }: Answer): boolean =>
  names.test(said) && next.test(advice) && !never?.test(`${said}\n${advice}`);

/** Asks until the answer has what it must have. */
async function expectNamed(expected: Expected, ask: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer = { who: '', said: '', next: '' };
  await waitFor('the answer', async () => {
    answer = await ask();
    return isNamed(expected, answer);
  }).catch(() => 'the assertions say what it lacks');

  const { who, said, next } = answer;
  expect(said).toMatch(expected.names);
  expect(next).toMatch(expected.next);
  if (expected.never) expect(`${said}\n${next}`).not.toMatch(expected.never);
  expect(`${said}\n${next}`).not.toContain(PRIVATE);
  return {
    who,
    said: short(lineWith(said, expected.names)),
    next: short(lineWith(next, expected.next).replace(/^next: /, '')),
  };
}

/** Plants each fault in a running local stage, and asks the tools what is wrong, as a person on call would. */
describe('a night on call', () => {
  let night: Night;
  const rows: Row[] = [];
  beforeAll(async () => {
    night = new Night(await startLocal({ app: APP }));
  });
  beforeEach(() => night.restore());
  afterAll(async () => {
    await night?.run.stop();
    console.log(rows.map(lineOf).join('\n'));
  });

  it('the doctor has nothing to report while no fault is planted', async () => {
    const { code, out } = await night.call(['doctor']);

    expect(out).toContain('no problems found');
    expect(code).toBe(0);
  });

  it.each(FAULTS)(
    'the verbs, and the tools of an agent, name the fault and the next step: $number, $fault',
    async (planted) => {
      const question = await planted.plant(night);
      const { number, agent } = planted;
      const fault = planted.isHarmless ? `${planted.fault} (harmless)` : planted.fault;

      rows.push({ number, fault, ...(await expectNamed(planted, () => night.ask(question))) });

      const asked = (await agent?.asks?.(night)) ?? question;
      const told = await expectNamed({ ...planted, ...agent }, () => night.askAsAgent(asked));
      rows.push({ number, fault: 'the same, asked by an agent', ...told });
    },
    PATIENCE,
  );

  it('every fault of the trial is planted', () => {
    const planted = FAULTS.map(({ number }) => Number.parseInt(number, 10));

    expect(ALL.filter((number) => !planted.includes(number))).toEqual([]);
  });
});

describe('doctor --json about refused deliveries', () => {
  let night: Night;
  beforeAll(async () => {
    night = new Night(await startLocal({ app: APP }));
  });
  beforeEach(() => night.restore());
  afterAll(() => night?.run.stop());

  it.each<[string, (night: Night) => Promise<unknown>]>([
    ['a wrong secret', ({ run }) => deliver(run.webhookUrl, newSecret(), runComplete())],
    ['a stale timestamp', (at) => at.deliver(runComplete(), { at: Date.now() - 600_000 })],
    [
      'a body that is too large',
      (at) => at.deliver(runComplete({ output_data: { text: 'x'.repeat(4.3e6) } })),
    ],
    [
      'the previous secret',
      async (at) => {
        await at.setSecret(newSecret());
        at.chill();
        await at.deliver(runComplete());
      },
    ],
  ])(
    'doctor --json has a finding about what is refused after the last acceptance, and exits with 1: %s',
    async (_, refuse) => {
      const examined = async () => {
        const { code, json } = await night.call(['doctor', '--json', '--no-probe']);
        const { findings }: { findings: Finding[] } = json();
        const serious = findings.filter(({ state }) => state === 'problem' || state === 'warning');
        return { code, texts: serious.map(({ text }) => text) };
      };
      await night.finishes('nothing');
      expect(await examined()).toEqual({ code: 0, texts: [] });

      await refuse(night);
      const found = await waitFor('the finding', async () => {
        const { code, texts } = await examined();
        return texts.length > 0 && { code, texts };
      });

      expect(found).toEqual({ code: 1, texts: [expect.stringContaining('refused')] });
      await night.setSecret(night.secret);
      night.chill();
      await night.finishes('nothing');
      expect(await examined()).toEqual({ code: 0, texts: [] });
    },
    PATIENCE,
  );
});
