import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MINUTE } from '../../lambda/core/model/index.ts';
import type { Question, Rehearsed } from '../../lambda/core/plan/index.ts';
import type { misnamedBy } from '../../lambda/rules/named.ts';
import { OperatorError } from '../errors.ts';

/** Rules cannot be asked: they cannot be loaded, or do not come back. */
export class RulesUnusableError extends OperatorError {
  override name = 'RulesUnusable';
}

/** What rules may name in a stage, and what they see of it. */
export type StageNames = Parameters<typeof misnamedBy>[1];

/** How long rules may take for one batch, milliseconds: they are pure, so more is an endless loop. */
const PATIENCE = MINUTE;

/**
 * Loads a bundle, then calls one of its functions for each text of a batch. What rules print goes nowhere: it may quote a
 * payload. So may the message of what is thrown while they are asked about an event, of which only the kind and the place are reported.
 */
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const firstLine = (error) => String(error?.message ?? error).split('\\n')[0];
const frameOf = ({ name, message, stack }) =>
  /^\\s+at ([^(\\n]+) \\(/m.exec(String(stack).slice((name + ': ' + message).length))?.[1];
const describe = (call, error) => {
  if (!(error instanceof Error)) return 'what they throw is no error';
  if (call !== 'rehearse') return error.name + ': ' + firstLine(error);
  const frame = frameOf(error);
  return frame === undefined ? error.name : error.name + ' in ' + frame;
};
import(workerData).then((bundle) => {
  parentPort.postMessage({ kind: typeof bundle.rehearse === 'function' ? 'ready' : 'older' });
  parentPort.on('message', ({ call, texts }) => {
    try {
      parentPort.postMessage({ kind: 'answers', answers: texts.map((text) => bundle[call](text)) });
    } catch (error) {
      parentPort.postMessage({ kind: 'threw', problem: describe(call, error) });
    }
  });
}, (error) => parentPort.postMessage({ kind: 'broken', message: firstLine(error) }));
`;

type Said =
  | { kind: 'ready' }
  | { kind: 'older' }
  | { kind: 'broken'; message: string }
  | { kind: 'threw'; problem: string }
  | { kind: 'answers'; answers: string[] };

/** Rules in a thread of their own, which has nothing of this process's environment. */
export class Asker {
  readonly #what: string;
  readonly #worker: Worker;
  /** One batch at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(what: string, worker: Worker) {
    this.#what = what;
    this.#worker = worker;
  }

  /**
   * @param what Which rules these are, for errors.
   * @param bundle Absolute path of a module with `rehearse`.
   * @throws RulesUnusableError
   */
  static async load(what: string, bundle: string, env: Readonly<Record<string, string>>): Promise<Asker> {
    const worker = new Worker(CODE, {
      eval: true,
      workerData: pathToFileURL(bundle).href,
      // Clients are made while a processor is loaded, and must not look for credentials.
      env: { AWS_REGION: 'us-east-1', ...env, NODE_OPTIONS: '' },
      stdout: true,
      stderr: true,
    });
    const asker = new Asker(what, worker);
    const said = await asker.#next();
    if (said.kind === 'ready') return asker;
    await asker.close();
    if (said.kind === 'broken')
      throw new RulesUnusableError(`${what} cannot be loaded (${said.message})`, {
        next: 'run "npx cdk synth"',
      });
    throw new RulesUnusableError(`${what} are of a release that cannot be asked again`, {
      next: 'deploy them with this release, or compare with a commit: --base <git ref>',
    });
  }

  /** What the rules say, in the order of the questions; undefined for a body that is no such webhook. */
  async ask(questions: readonly Question[]): Promise<(Rehearsed[] | undefined)[]> {
    const answers = await this.#call('rehearse', questions);
    return answers.map((answer) => JSON.parse(answer) ?? undefined);
  }

  /** What they name that a stage does not have, in words, by the name of the rule. Only rules of this release can say so. */
  async misnamed(stage: StageNames): Promise<Record<string, string>> {
    const [answer = '{}'] = await this.#call('misnamed', [stage]);
    return JSON.parse(answer);
  }

  #call(call: 'rehearse' | 'misnamed', given: readonly object[]): Promise<string[]> {
    const turn = this.#turn.then(async () => {
      const next = this.#next();
      this.#worker.postMessage({ call, texts: given.map((one) => JSON.stringify(one)) });
      const said = await next;
      if (said.kind === 'answers') return said.answers;
      const problem = said.kind === 'threw' ? said.problem : said.kind;
      throw new RulesUnusableError(`${this.#what} cannot be asked (${problem})`, {
        next: 'if they are deployed, deploy them with this release',
      });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #next(): Promise<Said> {
    return new Promise((resolve, reject) => {
      const fail = (cause?: unknown) =>
        reject(
          new RulesUnusableError(`${this.#what} end their thread`, { next: 'run "npx cdk synth"', cause }),
        );
      const timer = setTimeout(() => {
        void this.close();
        reject(
          new RulesUnusableError(`${this.#what} do not come back`, { next: 'look for an endless loop' }),
        );
      }, PATIENCE);
      const settle = (said: Said) => {
        clearTimeout(timer);
        this.#worker.off('error', fail).off('exit', fail);
        resolve(said);
      };
      this.#worker.once('message', settle).once('error', fail).once('exit', fail);
    });
  }
}
