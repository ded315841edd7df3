import { randomBytes } from 'node:crypto';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import type { CyberdeskApi } from '../../../local/cyberdesk-api/server.ts';
import type { Finding } from '../../../ops/doctor/check.ts';
import { connectLocal } from '../../../ops/stage/local.ts';
import { run } from '../../ops/support/command.ts';
import { Whole } from '../kit/local-run.ts';
import { runComplete } from '../kit/webhooks.ts';
import { NEXT } from './next.ts';

/** What the tools say: who says it, what is wrong, and what to do. */
export interface Answer {
  who: string;
  said: string;
  next: string;
}

export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** A local run in which faults are planted one after the other, and the tools that a person on call has. */
export class Night extends Whole {
  #hasOtherSecret = false;

  get fake(): CyberdeskApi {
    if (!this.run.fake) throw new Error('the run uses another API');
    return this.run.fake;
  }

  get secret(): string {
    return this.run.secret ?? '';
  }

  /** Calls the command. @param ahead how far its clock is ahead, milliseconds */
  call(argv: string[], { input = '', ahead = 0 } = {}) {
    return run(argv, {
      input,
      connect: () => connectLocal(this.run.url),
      clock: { now: () => Date.now() + ahead, sleep: () => Promise.resolve() },
    });
  }

  /** The lines that a verb prints, errors included. */
  async say(...argv: string[]): Promise<Answer> {
    const { out, err } = await this.call(argv);
    const text = `${out}${err}`;
    return { who: argv.filter((word) => !/\d|^-/.test(word)).join(' '), said: text, next: text };
  }

  /** The findings of the doctor about one part, one below the other. */
  async examine(check: string, { ahead = 0, probe = false } = {}): Promise<Answer> {
    const { json } = await this.call(['doctor', '--json', ...(probe ? [] : ['--no-probe'])], { ahead });
    const { findings }: { findings: Finding[] } = json();
    const [about, serious] = [
      findings.filter((finding) => finding.check === check),
      findings.filter(({ state }) => state === 'problem' || state === 'warning'),
    ];
    return {
      who: `doctor: ${check}`,
      said: about.map(({ text }) => text).join('\n'),
      // One that stands beside others counts, too: it is what a person reads.
      next: [...about, ...(about.length > 0 ? [] : serious)].map(({ next = '' }) => next).join('\n'),
    };
  }

  /** Sends a run that has ended and wishes something of the rules; returns the event's id. */
  async arrives(wish: string, more: Record<string, unknown> = {}): Promise<string> {
    const event = runComplete({ output_data: { wish }, ...more });
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
    const { pk, sk } = PAUSE_KEY;
    const TableName = this.run.fn('processor').environment.TABLE_NAME;
    await this.run.aws.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  }
}
