import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { forgottenEvent, putItems } from '../kit/forgotten.ts';
import { deliver, runComplete } from '../kit/webhooks.ts';
import { NEXT } from './next.ts';
import { type Night, newSecret } from './night.ts';
import type { AboutPart, Given, Question } from './question.ts';

const HOUR = 3_600_000;

/** A fault, planted; and what is asked about it, with what has to be in the answers. */
export interface PlantedFault {
  /** As in the list of the on-call trial; those without a number came later. */
  number: string;
  fault: string;
  /** Nothing is wrong, and the answer says so. */
  isHarmless?: true;
  /** Plants it, and says what to ask; asked again until the answer has what it must have. */
  plant: (night: Night) => Promise<Question>;
  /** What is wrong. */
  names: RegExp;
  /** What to do. */
  next: RegExp;
  /** What would send a person the wrong way. */
  never?: RegExp;
  /** What an agent asks and reads instead, where its tools lack such a verb, or a document has other words. */
  agent?: { asks?: (night: Night) => Promise<Question>; names?: RegExp; next?: RegExp };
}

const always = { times: 'always' } as const;

/** A webhook of 4.3 MB, and one of 7 MB. */
const large = (bytes: number) => runComplete({ output_data: { text: 'x'.repeat(bytes) } });

/** Ends a run at the API without a webhook. */
function endsUnheard({ fake }: Night): void {
  const ended_at = new Date(Date.now() - 30 * 60_000).toISOString();
  fake.seedRun({ workflow_id: NEXT, status: 'success', created_at: ended_at, ended_at });
}

const doctor = (check: string, more: Partial<AboutPart> = {}): Question => ({
  kind: 'doctor',
  check,
  ...more,
});
const tool = (name: string, given: Given = {}): Question => ({ kind: 'tool', name, given });
const show = (event: string) => tool('events_show', { event });
const RECONCILE = tool('reconcile', { since: '1h', restart: true });
const MISSING = {
  names: /\d+ {2}have no event/,
  next: /queue what is missing with ".*reconcile .*--apply/,
  agent: { names: /missing: [1-9]/ },
};

/** Whose follow-up cannot be started. */
const waiting = async (night: Night): Promise<string> => {
  const [id] = await Promise.all(['start', 'start', 'start'].map((wish) => night.arrives(wish)));
  return `${id}`;
};

/** All calls of Cyberdesk's API fail in this way. */
const apiFails = (night: Night, status: number, headers = {}) =>
  night.fake.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, headers, ...always });

export const FAULTS: readonly PlantedFault[] = [
  {
    number: '23b',
    fault: 'the endpoint has a wrong path',
    async plant(night) {
      await deliver(`${night.run.webhookUrl}/`, night.secret, runComplete());
      // A hint, not a finding: a stage that is new looks the same.
      return doctor('dashboard', { isHint: true });
    },
    names: /no webhook has been accepted yet/,
    next: /with the path \/webhooks\/cyberdesk as an endpoint/,
    never: /webhooks arrive|AWS|deploy/,
  },
  {
    number: '1',
    fault: 'the signing secret is that of another endpoint',
    async plant(night) {
      await deliver(night.run.webhookUrl, newSecret(), runComplete());
      return doctor('deliveries');
    },
    names: /1 refused for their signature/,
    next: /secret here is probably that of another endpoint.*secret set/,
  },
  {
    number: '2',
    fault: 'the signing secret is malformed',
    async plant(night) {
      await night.setSecret(JSON.stringify(night.secret));
      return doctor('signing-secret');
    },
    names: /malformed/,
    next: /copy it from the endpoint's page.*secret set/,
  },
  {
    number: '3',
    fault: 'Cyberdesk refuses the API key (401)',
    async plant(night) {
      night.fake.settings.apiKey = 'cd_another';
      await waiting(night);
      return doctor('api-key');
    },
    names: /rejects the API key \(401\)/,
    next: /create a key.*api-key set/,
  },
  {
    number: '3',
    fault: 'the same, asked about an event',
    async plant(night) {
      night.fake.settings.apiKey = 'cd_another';
      const id = await waiting(night);
      return show(id);
    },
    names: /calls to Cyberdesk are paused until then: the API rejects the API key \(HTTP 401\)/,
    next: /rejects the API key/,
    never: /may be lost/,
  },
  {
    number: '4',
    fault: "Cyberdesk's API answers 503",
    async plant(night) {
      apiFails(night, 503);
      return doctor('api-key');
    },
    names: /answered with status 503/,
    next: /nothing to do unless it lasts: Cyberdesk has an outage/,
    never: /network/,
  },
  {
    number: '4',
    fault: 'the same, asked about an event',
    async plant(night) {
      apiFails(night, 503);
      const id = await waiting(night);
      return show(id);
    },
    names: /HTTP 503/,
    next: /will be retried|paused until then/,
    never: /may be lost/,
  },
  {
    number: '5',
    fault: 'Cyberdesk throttles (429)',
    async plant(night) {
      apiFails(night, 429, { 'retry-after': '600' });
      return doctor('api-key');
    },
    names: /answered with status 429/,
    next: /nothing to do unless it lasts: the API throttles/,
    never: /network/,
  },
  {
    number: '6',
    fault: 'Cyberdesk refuses the inputs (422)',
    async plant(night) {
      const body = { detail: [{ loc: ['body', 'input_values', 'total'], type: 'string_type' }] };
      night.fake.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, body, ...always });
      const id = await night.finishes('start');
      return show(id);
    },
    names: /start-next #1 startRun: failed, HTTP 422, field input_values\.total/,
    next: /fix the rule's workflow id or inputs/,
  },
  {
    number: '6',
    fault: 'the same, in the list of dead letters',
    async plant(night) {
      night.fake.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, ...always });
      await night.finishes('start');
      return tool('dlq_list');
    },
    names: / refused +/,
    next: /fix the cause, then "npx --no cyberdesk-webhooks dlq redrive --all --stage local:\d+"/,
    agent: { names: /reason: refused$/m },
  },
  {
    number: '7',
    fault: 'Cyberdesk has no such workflow (404)',
    async plant(night) {
      night.fake.settings.strictWorkflows = true;
      night.fake.store.workflows.delete(NEXT);
      const id = await night.finishes('start');
      return show(id);
    },
    names: /start-next #1 startRun: failed, HTTP 404/,
    next: /fix the rule's workflow id or inputs/,
  },
  {
    number: '7',
    fault: 'the same, before an event needs it',
    async plant(night) {
      night.fake.settings.strictWorkflows = true;
      night.fake.store.workflows.delete(NEXT);
      return doctor('workflows');
    },
    names: /Cyberdesk has no workflow 11111111.*which the stage settings call "next"/,
    next: /correct workflowIds\.next in stages\.ts/,
    never: /npm run deploy/,
  },
  {
    number: '8',
    fault: 'a rule throws',
    async plant(night) {
      const id = await night.finishes('throw');
      return show(id);
    },
    names: /rule "reads-what-is-not-there" threw TypeError at on-call\/rules\.ts:\d+:\d+/,
    next: /fix follow-ups\.ts, redrive/,
    never: /deploy/,
  },
  {
    number: '8',
    fault: 'the same, in the logs',
    async plant(night) {
      const id = await night.finishes('throw');
      return tool('logs', { event: id });
    },
    names: /processor +ERROR message done .*reason=rule_threw/,
    next: /event_id=/,
    agent: { names: /level: ERROR\nmessage: message done\n[\s\S]*reason: rule_threw$/m, next: /event_id: / },
  },
  {
    number: '9',
    fault: 'a rule is async',
    async plant(night) {
      const id = await night.finishes('wait');
      return show(id);
    },
    names: /rule "waits" returned a promise: a rule must not be async/,
    next: /fix follow-ups\.ts, redrive/,
    never: /"waits" threw|deploy/,
  },
  {
    number: '10',
    fault: 'the processor is killed over and over',
    async plant(night) {
      night.run.faults.plant({ call: 'dynamodb:*', function: 'processor', do: 'kill', ...always });
      return doctor('probe', { probe: true });
    },
    names: /was stored, but not processed within/,
    next: /see what the processor has logged: npx --no cyberdesk-webhooks logs --stage local:\d+/,
    never: /Lambda console/,
    // An agent sends no probe.
    agent: {
      async asks(night) {
        await night.arrives('nothing');
        return doctor('crashes');
      },
      names: /functions crashed or timed out in the last hour: processor/,
      next: /see what they have logged: npx --no cyberdesk-webhooks logs --stage local:\d+/,
    },
  },
  {
    number: '10b',
    fault: 'the verifier is killed over and over',
    async plant(night) {
      night.run.faults.plant({ call: 'dynamodb:*', function: 'verifier', do: 'kill', ...always });
      await night.deliver(runComplete());
      return doctor('deliveries');
    },
    names: /1 unanswered \(5xx\), as the verifier crashed or timed out/,
    next: /npx --no cyberdesk-webhooks logs --since 1d --stage local:\d+ shows how it ended/,
    never: /secret/,
  },
  {
    number: '11',
    fault: 'a foreign message in the queue',
    async plant(night) {
      const { awsUrl: endpoint, credentials } = night.run;
      const client = new SQSClient({ region: 'us-east-1', endpoint, credentials });
      const { QUEUE_URL: QueueUrl } = night.run.fn('verifier').environment;
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a note' }));
      return tool('dlq_list', { reason: 'garbage' });
    },
    names: / garbage +stuck +/,
    next: /cannot be redriven.*dlq drop --stuck/,
    agent: { names: /reason: garbage\n[\s\S]*standing: stuck$/m },
  },
  {
    number: '12',
    fault: 'DynamoDB throttles',
    async plant(night) {
      const error = 'ProvisionedThroughputExceededException';
      night.run.faults.plant({ call: 'dynamodb:*', do: 'fail', error, ...always });
      await night.deliver(runComplete());
      return doctor('deliveries');
    },
    names: /1 refused for now \(503\), as a service that the verifier calls failed/,
    next: /npx --no cyberdesk-webhooks logs --stage local:\d+ names the service and its error/,
    never: /secret/,
  },
  {
    number: '12',
    fault: 'the same, in the logs',
    async plant(night) {
      const error = 'ProvisionedThroughputExceededException';
      night.run.faults.plant({ call: 'dynamodb:*', function: 'verifier', do: 'fail', error, ...always });
      await night.deliver(runComplete());
      return tool('logs');
    },
    names: /verifier +ERROR a dependency failed.*ProvisionedThroughputExceededException/,
    next: /the sender will retry/,
    agent: { names: /message: a dependency failed[\s\S]*ProvisionedThroughputExceededException/ },
  },
  {
    number: '13',
    fault: 'a webhook never arrived',
    async plant(night) {
      endsUnheard(night);
      return RECONCILE;
    },
    ...MISSING,
  },
  {
    number: '13',
    fault: 'the same, asked about its run',
    async plant() {
      return show(randomUUID());
    },
    names: /does not exist in CyberdeskWebhooks-dev/,
    next: /reconcile --stage local:\d+" finds an event that never arrived/,
  },
  {
    number: '14',
    fault: 'a run is reported twice',
    isHarmless: true,
    async plant(night) {
      const event = runComplete();
      const twin = { ...event, event_id: randomUUID() };
      await night.deliver(event);
      await night.finished(event.event_id);
      await night.deliver(twin);
      await night.finished(twin.event_id);
      return show(twin.event_id);
    },
    names: /same completion as event .*, which acts on it/,
    next: /nothing to do/,
  },
  {
    number: '15',
    fault: 'a body of 4.3 MB',
    async plant(night) {
      await night.deliver(large(4.3e6));
      return doctor('deliveries');
    },
    names: /1 refused as too large \(413\)/,
    next: /docs\/runbook\.md says how to get such an event back/,
  },
  {
    number: '15b',
    fault: 'a body of 7 MB, which the gateway refuses',
    async plant(night) {
      const event = large(7e6);
      const { id, workflow_id, status, ended_at } = event.run;
      const ended = new Date(Date.parse(`${ended_at}`) - 30 * 60_000).toISOString();
      night.fake.seedRun({
        id,
        workflow_id,
        status: status as 'success',
        created_at: ended,
        ended_at: ended,
      });
      await night.deliver(event);
      return RECONCILE;
    },
    ...MISSING,
  },
  {
    number: '16',
    fault: 'a body that is no event',
    async plant(night) {
      await night.deliver({ event_type: 'run_complete', run: {} });
      return doctor('deliveries');
    },
    names: /authentic deliveries that could not be used: 1/,
    next: /transformation in the Svix portal.*events list --state unprocessable/,
  },
  {
    number: '17',
    fault: 'rules trigger each other without end',
    async plant(night) {
      const first = await night.finishes('start');
      const [run_id] = (await night.event(first))?.actions[0]?.run_ids ?? [];
      const id = await night.finishes('start', { id: run_id, workflow_id: NEXT });
      return show(id);
    },
    names: /depth_exceeded: too many follow-ups in a row \(maxFollowUpDepth\)/,
    next: /look for rules that trigger each other/,
  },
  {
    number: '18',
    fault: 'calls to Cyberdesk are paused',
    async plant(night) {
      apiFails(night, 429, { 'retry-after': '600' });
      await waiting(night);
      return doctor('pause', { isHint: true });
    },
    names: /calls to Cyberdesk are paused until .*: the API throttles calls \(HTTP 429\)/,
    next: /what waits continues by itself/,
  },
  {
    number: '18',
    fault: 'the same, asked about an event that waits behind it',
    async plant(night) {
      apiFails(night, 429, { 'retry-after': '600' });
      const id = await waiting(night);
      return show(id);
    },
    names: /calls to Cyberdesk are paused until then: the API throttles calls \(HTTP 429\)/,
    next: /paused until then/,
    never: /may be lost/,
  },
  {
    number: '19',
    fault: 'a test event of the Svix portal',
    isHarmless: true,
    async plant(night) {
      const event = runComplete({ status: 'scheduling' });
      await night.deliver(event);
      return show(event.event_id);
    },
    names: /not_terminal: its run has not ended \(test events of the Svix portal say "scheduling"\)/,
    next: /it is stored and triggers nothing/,
  },
  {
    number: '20',
    fault: 'the sender signs with the previous secret only',
    async plant(night) {
      await night.setSecret(newSecret());
      night.chill();
      await night.deliver(runComplete());
      return doctor('deliveries');
    },
    names: /signed with the previous secret: 1, the last one included.*refused when its grace period ends/,
    next: /copy the secret from this endpoint's page.*secret set/,
  },
  {
    number: '21',
    fault: 'dev and prod receive the same events',
    async plant(night) {
      night.becomeDevAndProd();
      return doctor('other-stage');
    },
    names: /prod belongs to the same organisation: both stages act on the same events/,
    next: /give dev its own organisation.*or remove one endpoint/,
  },
  {
    number: '22',
    fault: 'the sweeper does not run',
    async plant() {
      return doctor('sweeper', { ahead: 2 * HOUR });
    },
    names: /the sweeper has not run/,
    next: /_local\/sweep/,
    never: /EventBridge/,
  },
  {
    number: '22',
    fault: 'a message was lost meanwhile',
    async plant(night) {
      const event = forgottenEvent();
      await putItems(night, event);
      return show(event.event_id);
    },
    names: /no worker has started on it yet[\s\S]*the message may be lost/,
    next: /events replay/,
  },
  {
    number: '23b',
    fault: 'the same, once webhooks have arrived',
    async plant(night) {
      await night.finishes('nothing');
      await deliver(`${night.run.webhookUrl}/`, night.secret, runComplete());
      endsUnheard(night);
      return RECONCILE;
    },
    ...MISSING,
  },
  {
    number: '23',
    fault: 'the clock of the sender is ten minutes slow',
    async plant(night) {
      await night.deliver(runComplete(), { at: Date.now() - 600_000 });
      return doctor('deliveries');
    },
    names: /1 refused for their timestamp/,
    next: /check the clock of the sender/,
    never: /secret set/,
  },
  {
    number: '-',
    fault: 'the sweeper fails',
    async plant(night) {
      const error = 'AccessDeniedException';
      night.run.faults.plant({
        call: 'dynamodb:BatchGetItem',
        function: 'sweeper',
        do: 'fail',
        error,
        ...always,
      });
      await night.run.sweep();
      return doctor('sweeper');
    },
    names: /the last sweep failed \(AccessDeniedException\)/,
    next: /npx --no cyberdesk-webhooks logs --stage local:\d+ shows its error/,
  },
  {
    number: '-',
    fault: 'a machine does not respond',
    async plant(night) {
      night.fake.reportDowned({ name: 'desk 7' });
      return doctor('machines');
    },
    names: /1 of 2 connected machines do not respond: desk 7/,
    next: /start Cyberdriver on them again/,
  },
  {
    number: '-',
    fault: 'a workflow sends no webhooks, and has not run yet',
    async plant(night) {
      night.fake.seedWorkflow({ id: NEXT, is_webhooks_enabled: false });
      return doctor('workflows');
    },
    names: /send no webhooks: /,
    next: /npx --no cyberdesk-webhooks workflows enable .*11111111-1111-4111-8111-111111111111/,
  },
];
