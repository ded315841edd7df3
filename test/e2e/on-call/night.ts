import { randomBytes } from 'node:crypto';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import type { CyberdeskApi } from '../../../local/cyberdesk-api/server.ts';
import type { Connections } from '../../../ops/cli/command.ts';
import { processIo } from '../../../ops/cli/io.ts';
import { localTarget } from '../../../ops/stage/command-line.ts';
import { connectLocal } from '../../../ops/stage/local.ts';
import { connectAgent } from '../../ops/support/agent.ts';
import { run } from '../../ops/support/command.ts';
import { Whole } from '../kit/local-run.ts';
import { runComplete } from '../kit/webhooks.ts';
import { NEXT } from './next.ts';
import { type Answer, findingsAbout, type Question, valuesOf, wordsOf } from './question.ts';

export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** In the payload of every event: no answer may contain it. */
export const PRIVATE = 'Mrs Doe, born in 1950';

/** A local run in which faults are planted one after the other, and the tools that a person on call has. */
export class Night extends Whole {
  #hasOtherSecret = false;
  /** Deployed stages that it is taken for. */
  #asDeployed = false;

  get fake(): CyberdeskApi {
    if (!this.run.fake) throw new Error('the run uses another API');
    return this.run.fake;
  }

  get secret(): string {
    return this.run.secret ?? '';
  }

  /** Calls the command. @param ahead how far its clock is ahead, milliseconds */
  call(argv: string[], { input = '', ahead = 0, columns = 1000 } = {}) {
    return run(argv, { input, columns, ...this.#connections(), clock: clockOf(ahead) });
  }

  /** Asks by the command, as a person does. */
  async ask(question: Question): Promise<Answer> {
    if (question.kind === 'doctor') {
      const { probe, ahead = 0, check } = question;
      const { json } = await this.call(['doctor', '--json', ...(probe ? [] : ['--no-probe'])], { ahead });
      const { findings } = json() as { findings: [] };
      return { who: `doctor: ${check}`, ...findingsAbout(question, findings) };
    }
    const { out, err } = await this.call(wordsOf(question.name, question.given));
    return { who: question.name.replace('_', ' '), said: `${out}${err}`, next: `${out}${err}` };
  }

  /** Asks by the tools of `mcp`, as an agent does. */
  async askAsAgent(question: Question): Promise<Answer> {
    const ahead = question.kind === 'doctor' ? (question.ahead ?? 0) : 0;
    const io = { ...IO, ...clockOf(ahead) };
    const target = localTarget(this.run.url);
    const settings = { io, ...this.#connections(), target, allowChanges: false, showPayload: false };
    const { call, connect, close } = await connectAgent(settings);
    await connect();
    try {
      if (question.kind === 'doctor') {
        const { document } = await call('doctor');
        const { findings } = document as { findings: [] };
        return { who: `doctor: ${question.check}`, ...findingsAbout(question, findings) };
      }
      const { isError, text, document } = await call(question.name, question.given);
      const said = valuesOf(isError ? JSON.parse(text) : document).join('\n');
      return { who: question.name, said, next: said };
    } finally {
      await close();
    }
  }

  /** Sends a run that has ended and wishes something of the rules; returns the event's id. */
  async arrives(wish: string, more: Record<string, unknown> = {}): Promise<string> {
    const event = runComplete({ output_data: { wish, patient: PRIVATE }, ...more });
    await this.deliver(event);
    return event.event_id;
  }

  /** The same, and waits until it is finished. */
  async finishes(wish: string, more: Record<string, unknown> = {}): Promise<string> {
    const id = await this.arrives(wish, more);
    await this.finished(id);
    return id;
  }

  /** Past `secret set`, which would refuse some values. */
  setSecret(value: string): Promise<unknown> {
    this.#hasOtherSecret = true;
    const SecretId = this.run.fn('verifier').environment.SIGNING_SECRET_ARN;
    return this.run.aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: value });
  }

  /** Makes the next invocation of the verifier a cold start: it reads its secret. */
  chill(): void {
    this.run.functions.killAll(this.run.fn('verifier'));
  }

  /** Everything is as if no fault had been planted, except what is stored. */
  async restore(): Promise<void> {
    this.run.faults.clear();
    this.fake.faults.clear();
    this.fake.reportUp();
    this.fake.seedWorkflow({ id: NEXT, is_webhooks_enabled: true });
    Object.assign(this.fake.settings, { strictWorkflows: false, apiKey: this.run.apiKey });
    this.run.logs.metrics.splice(0);
    this.run.logs.lines.splice(0);
    if (this.#hasOtherSecret) await this.setSecret(this.secret);
    if (this.#hasOtherSecret) this.chill();
    this.#hasOtherSecret = false;
    this.#asDeployed = false;
    const { pk, sk } = PAUSE_KEY;
    const TableName = this.run.fn('processor').environment.TABLE_NAME;
    await this.run.aws.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  }

  /** The run stands for dev, and for prod as well. */
  becomeDevAndProd(): void {
    this.#asDeployed = true;
  }

  #connections(): Connections {
    const connect: Connections['connect'] = async ({ stage }) => {
      const local = await connectLocal(this.run.url);
      const name = stage === 'local' ? 'dev' : stage;
      return this.#asDeployed ? { ...local, isLocal: false, name } : local;
    };
    return { connect, find: connect };
  }
}

const IO = processIo();

const clockOf = (ahead: number) => ({ now: () => Date.now() + ahead, sleep: () => Promise.resolve() });
