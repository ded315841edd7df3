import { randomBytes, randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAUSE_KEY } from '../../lambda/core/model/index.ts';
import {
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  PROCESSOR_METRICS,
  SWEEPER_METRICS,
  VERIFIER_METRICS,
} from '../../lambda/core/model/metric-names.ts';
import { startLocal } from '../../local/run.ts';
import { engines } from '../engines/engines.ts';
import { shownMetrics } from '../lib/support/metrics.ts';
import { everySetting } from '../lib/support/settings.ts';
import { one, synth } from '../lib/support/synth.ts';
import { TEST_APP } from '../support/test-app.ts';
import { begunCompletion, forgottenEvent, putItems, queueEvent } from './kit/forgotten.ts';
import { Whole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

/**
 * Brings the bundles into every situation that they count, and compares the emitted metrics with those of the alarms and
 * the dashboard. An alarm on a metric that is never emitted would never fire.
 */

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;

/** Metrics that AWS itself publishes: namespace, name and dimensions. */
const OF_AWS: Record<string, Record<string, string[]>> = {
  'AWS/ApiGateway': Object.fromEntries(
    ['Count', '4xx', '5xx', 'Latency'].map((name) => [name, ['ApiId', 'Stage']]),
  ),
  'AWS/Lambda': Object.fromEntries(
    ['Errors', 'Throttles', 'Duration'].map((name) => [name, ['FunctionName']]),
  ),
  'AWS/SQS': {
    ApproximateNumberOfMessagesVisible: ['QueueName'],
    ApproximateNumberOfMessagesNotVisible: ['QueueName'],
  },
};

describe('metrics', () => {
  const environment = { NEXT_WORKFLOW_ID: randomUUID() };
  const wholes: Whole[] = [];
  const start = async (options: Parameters<typeof startLocal>[0] = {}) => {
    const whole = new Whole(await startLocal({ app: TEST_APP, environment, engines, ...options }));
    wholes.push(whole);
    return whole;
  };
  const emitted = () => wholes.flatMap(({ run }) => run.logs.metrics);
  const counted = (name: string) =>
    waitFor(`the metric ${name}`, () => emitted().some((metric) => metric.name === name));

  beforeAll(async () => {
    const [bare, full, fenced] = [
      await start({ webhookSecret: null, cyberdeskApiKey: null }),
      await start(),
      await start(),
    ];
    await Promise.all([arrivals(bare), followUps(full), stranger(fenced)]);
  });
  afterAll(() => Promise.all(wholes.map(({ run }) => run.stop())));

  it.each([...VERIFIER_METRICS, ...PROCESSOR_METRICS, ...SWEEPER_METRICS])(
    'the metric %s is emitted',
    (name) => {
      const [metric] = emitted().filter((each) => each.name === name);

      expect(metric?.namespace).toBe(METRIC_NAMESPACE);
      expect(metric?.dimensions).toEqual({ [METRIC_DIMENSION]: 'CyberdeskWebhooks-dev' });
    },
  );

  it('alarms and dashboard show only metrics that exist', () => {
    // Arrange
    const template = synth({ ...everySetting, monitoring: 'full' });
    const known = new Set(
      emitted().map(({ namespace, name, dimensions }) => key(namespace, name, Object.keys(dimensions))),
    );
    known.add(filterKey(template));
    for (const [namespace, metrics] of Object.entries(OF_AWS)) {
      for (const [name, dimensions] of Object.entries(metrics)) known.add(key(namespace, name, dimensions));
    }

    // Act
    const metrics = shownMetrics(template);

    // Assess
    expect(metrics.length).toBeGreaterThan(40);
    const unheard = metrics.filter(
      ({ namespace, name, dimensions }) => !known.has(key(namespace, name, dimensions)),
    );
    expect(unheard).toEqual([]);
  });

  it('every emitted metric is shown in an alarm or on the dashboard', () => {
    const shown = new Set(shownMetrics(synth()).map(({ name }) => name));

    expect(
      [...VERIFIER_METRICS, ...PROCESSOR_METRICS, ...SWEEPER_METRICS].filter((name) => !shown.has(name)),
    ).toEqual([]);
  });

  /** A stage without secrets, then with them, then after a rotation. */
  async function arrivals(whole: Whole): Promise<void> {
    const { run } = whole;
    const [first, second] = [newSecret(), newSecret()];
    const send = (payload: unknown, secret = second) => deliver(run.webhookUrl, secret, payload);
    const accepted = (secret: string) =>
      waitFor('the secret to be read', async () => (await send(runComplete(), secret)).status === 200);

    await send(runComplete());
    await setSecret(whole, 'a note');
    await waitFor('the malformed secret to be read', async () => {
      await send(runComplete());
      return emitted().some(({ name }) => name === 'SigningSecretMalformed');
    });
    const short = `whsec_${randomBytes(8).toString('base64')}`;
    await setSecret(whole, short);
    await accepted(short);
    await setSecret(whole, first);
    await accepted(first);
    await setSecret(whole, second);
    await accepted(second);
    await send(runComplete(), first);
    const webhook = runComplete();
    await send(webhook);
    await send(webhook);
    await send(runComplete({ status: 'scheduling' }));
    await send(runComplete({ status: 'timed_out' }));
    await send({ event_type: 'run_complete', run: {} });
    await send(runComplete(), newSecret());
    await deliver(run.webhookUrl, second, runComplete(), { at: Date.now() - 600_000 });
    await fetch(run.webhookUrl, { method: 'POST', body: '{}' });
    await send(runComplete({ output_data: { text: 'x'.repeat(4.5 * 2 ** 20) } }));
    run.faults.plant({ call: 'dynamodb:PutItem', function: 'verifier', do: 'fail', times: 12 });
    await send(runComplete());
    run.faults.clear();
    await counted('ApiKeyNotSet');
  }

  /** Follow-ups that succeed, are rejected, are lost, and that meet an overloaded Cyberdesk. */
  async function followUps(whole: Whole): Promise<void> {
    const call = 'cyberdesk:POST /v1/runs';
    const { faults } = whole.run;
    const sendDuring = async (plant: () => void) => {
      plant();
      const webhook = runComplete();
      await whole.deliver(webhook);
      return webhook.event_id;
    };
    await whole.finished(await sendDuring(() => {}));
    await whole.finished(await sendDuring(() => faults.plant({ call, do: 'fail', status: 422 })));
    faults.clear();
    await putItems(whole, { ...PAUSE_KEY, v: 1, tag: 'ended', until: 0, streak: 0, ended: Date.now() });
    expect(await adopt(whole, 1)).toBe('processed');
    expect(await adopt(whole, 2)).toBe('failed');
    await merge(whole);
    const read = 'dynamodb:GetItem';
    await sendDuring(() => faults.plant({ call: read, function: 'processor', do: 'fail', times: 'always' }));
    await counted('MessageFailed');
    faults.clear();
    await sendDuring(() => faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 'always' }));
    await counted('ApiKeyRejected');
    faults.clear();
    await sendDuring(() => faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 429, times: 'always' }));
    await counted('CyberdeskPaused');
    await waitFor('the age of the pause', async () => {
      await whole.run.sweep();
      return emitted().some(({ name }) => name === 'CyberdeskPauseAge');
    });
  }

  /** A follow-up whose response was lost long ago, with this many runs alike. Resolves to the event's final state. */
  async function adopt(whole: Whole, runs: number): Promise<string> {
    const summary = randomUUID();
    const event = forgottenEvent({ summary });
    const body = { workflow_id: environment.NEXT_WORKFLOW_ID, input_values: { summary } };
    for (let run = 0; run < runs; run += 1)
      whole.run.fake?.seedRun({ ...body, created_at: event.received_at });
    await putItems(whole, event, begunCompletion(event, body));
    await queueEvent(whole, event);
    return (await whole.finished(event.event_id)).state;
  }

  /** Two webhooks of one run, neither of which names its end. */
  async function merge(whole: Whole): Promise<void> {
    const [id, workflow_id] = [randomUUID(), randomUUID()];
    whole.run.fake?.seedRun({ id, workflow_id, status: 'success', ended_at: new Date().toISOString() });
    for (let times = 0; times < 2; times += 1) {
      const webhook = runComplete({ id, workflow_id, ended_at: null });
      await whole.deliver(webhook);
      await whole.finished(webhook.event_id);
    }
  }

  /** A delivery from outside the allow-list, and an event whose message is lost. */
  async function stranger(whole: Whole): Promise<void> {
    const variables = whole.run.fn('verifier').environment as Record<string, string>;
    variables.SOURCE_IP_ALLOW_LIST = '203.0.113.0/24';
    expect((await whole.deliver(runComplete())).status).toBe(403);
    await putItems(whole, forgottenEvent());
    await whole.run.sweep();
  }
});

const key = (namespace: string, name: string, dimensions: readonly string[]): string =>
  `${namespace} ${name} ${[...dimensions].sort().join()}`;

/** What the metric filter on the access log counts; its dimension must be a field of that log. */
function filterKey(template: ReturnType<typeof synth>): string {
  const { FilterPattern, MetricTransformations } = one(template, 'AWS::Logs::MetricFilter').Properties;
  const { Format } = one(template, 'AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings;
  const [{ MetricNamespace, MetricName, Dimensions }] = MetricTransformations;
  const fields = Object.keys(JSON.parse(Format));
  expect(FilterPattern).toBe('{ $.status = "429" }');
  expect(fields).toContain('status');
  for (const { Value } of Dimensions) expect(fields).toContain(Value.replace('$.', ''));
  return key(
    MetricNamespace,
    MetricName,
    Dimensions.map(({ Key }: { Key: string }) => Key),
  );
}

async function setSecret({ run }: Whole, value: string): Promise<void> {
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: run.awsUrl,
    credentials: run.credentials,
  });
  const SecretId = run.fn('verifier').environment.SIGNING_SECRET_ARN;
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: value }));
}
