import type {
  CallFailure,
  CallLimit,
  CallOutcome,
  Cyberdesk,
  RunSnapshot,
} from '../../../lambda/core/model/index.ts';
import { START } from './system.ts';

type Method = keyof Cyberdesk;
type OutcomeOf<M extends Method> = Awaited<ReturnType<Cyberdesk[M]>>;

/** A call that the API itself answered with a failure; without any effect unless `more` says otherwise. */
export const callFailure = (more: Partial<CallFailure> = {}): CallFailure => ({
  kind: 'failed',
  isJson: true,
  mayHaveTakenEffect: false,
  ...more,
});

export const answered = <T>(value: T): CallOutcome<T> => ({ kind: 'answered', value });

/** A run as the API shows it. */
export const runSnapshot = (more: Partial<RunSnapshot> = {}): RunSnapshot => ({
  id: 'run-1',
  workflow_id: 'workflow-next',
  status: 'running',
  created_at: new Date(START).toISOString(),
  ...more,
});

/** Cyberdesk's API. A test sets its answers; it records the calls that it receives. */
export class TestCyberdesk implements Cyberdesk {
  readonly calls: { name: Method; args: readonly unknown[] }[] = [];
  /** The calls of `createRun` among them. */
  readonly createRunCalls: { body: string; key: string; limit: CallLimit }[] = [];
  /** The runs that it shows. */
  runs: RunSnapshot[] = [];
  /** Takes the place of the usual answers. */
  answers: { [M in Method]?: (...args: Parameters<Cyberdesk[M]>) => OutcomeOf<M> | Promise<never> } = {};
  #started = 0;

  named = (name: Method) => this.calls.filter((call) => call.name === name);

  createRun: Cyberdesk['createRun'] = async (...args) => {
    const [body, key, limit] = args;
    this.calls.push({ name: 'createRun', args });
    this.createRunCalls.push({ body, key, limit });
    if (this.answers.createRun) return this.answers.createRun(...args);
    this.#started += 1;
    return answered({ runIds: [`started-${this.#started}`] });
  };

  createChain: Cyberdesk['createChain'] = async (...args) => {
    this.calls.push({ name: 'createChain', args });
    return (
      this.answers.createChain?.(...args) ?? answered({ runIds: ['step-1', 'step-2'], sessionId: 'session' })
    );
  };

  retryRun: Cyberdesk['retryRun'] = async (...args) => {
    this.calls.push({ name: 'retryRun', args });
    return this.answers.retryRun?.(...args) ?? answered({ runIds: [args[0]] });
  };

  getRun: Cyberdesk['getRun'] = async (...args) => {
    this.calls.push({ name: 'getRun', args });
    if (this.answers.getRun) return this.answers.getRun(...args);
    const found = this.runs.find(({ id }) => id === args[0]);
    return found ? answered(found) : callFailure({ status: 404 });
  };

  findRuns: Cyberdesk['findRuns'] = async (...args) => {
    this.calls.push({ name: 'findRuns', args });
    if (this.answers.findRuns) return this.answers.findRuns(...args);
    const [{ workflowId, sessionId }] = args;
    const runs = this.runs.filter(
      (run) =>
        (workflowId === undefined || run.workflow_id === workflowId.toLowerCase()) &&
        (sessionId === undefined || run.session_id === sessionId),
    );
    return answered({ runs });
  };

  ping: Cyberdesk['ping'] = async (...args) => {
    this.calls.push({ name: 'ping', args });
    return this.answers.ping?.(...args) ?? answered(undefined);
  };

  getAttachment: Cyberdesk['getAttachment'] = async (...args) => {
    this.calls.push({ name: 'getAttachment', args });
    return this.answers.getAttachment?.(...args) ?? callFailure({ status: 404 });
  };
}
