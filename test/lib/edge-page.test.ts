import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CALLED, neededServices } from '../../bin/before-deploy/network/needed-services.ts';
import { addStages } from '../../lib/add-stages.ts';
import { extend, stages } from './support/edge-page.ts';
import { everySetting } from './support/settings.ts';
import { ofType, synth, type Template, testApp } from './support/synth.ts';

const page = readFileSync('docs/edge.md', 'utf8');

/** Names of endpoints that are not those of the SDK's packages. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  'secrets-manager': 'secretsmanager',
  eventbridge: 'events',
};

const FUNCTIONS = ['verifier', 'processor', 'sweeper'];

/** The endpoints in the row of a function. */
function listedFor(name: string): string[] {
  const [, services = ''] = new RegExp(`^\\| ${name} \\| ([^|]*) \\|`, 'm').exec(page) ?? [];
  return [...services.matchAll(/`([a-z]+)`/g)].map(([, service = '']) => service);
}

it('npm run deploy looks for the endpoints that docs/edge.md lists', () => {
  const destinations = { erp: { handler: 'erp.ts' }, bus: { eventBus: 'arn' } };
  const needed = neededServices({ destinations });

  expect(needed.toSorted()).toEqual([...new Set(FUNCTIONS.flatMap(listedFor))].toSorted());
});

it('npm run deploy looks in the policies of endpoints for the actions of the roles of the functions', () => {
  const template = synth(everySetting);
  const statements = ['AWS::IAM::Role', 'AWS::IAM::Policy'].flatMap((type) =>
    ofType(template, type).flatMap(([, { Properties }]) =>
      [Properties, ...(Properties.Policies ?? [])].flatMap(
        ({ PolicyDocument }) => PolicyDocument?.Statement ?? [],
      ),
    ),
  );
  const allowed = new Set(
    statements.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? [Action].flat() : [])).map(String),
  );

  const called = Object.entries(CALLED).flatMap(([service, names]) =>
    names.map((name) => `${service}:${name}`),
  );
  const ofServices = [...allowed].filter((action) => (action.split(':')[0] ?? '') in CALLED);
  // Lambda itself takes messages from the queue.
  const byLambda = ['sqs:ReceiveMessage', 'sqs:DeleteMessage'];
  expect(ofServices.toSorted()).toEqual([...called, ...byLambda].toSorted());
});

it('the settings of docs/edge.md are valid', () => {
  expect(() => synth(stages.prod, 'prod')).not.toThrow();
});

it.each(FUNCTIONS)(
  'docs/edge.md lists the endpoints of all services that the %s has a client of, and no others',
  (name) => {
    const handler = readFileSync(`lambda/${name}/aws-clients.ts`, 'utf8');
    const clients = [...handler.matchAll(/@aws-sdk\/client-([\w-]+)'/g)].map(([, service = '']) => service);

    expect(listedFor(name).toSorted()).toEqual(
      clients.map((service) => ENDPOINTS[service] ?? service).toSorted(),
    );
  },
);

it('the code of docs/edge.md gives the proxy to the processor, and to no other function', async () => {
  const app = testApp();
  for (const stack of addStages(app, stages))
    await extend({ stack, receiver: stack.webhooks, stage: 'prod' });
  const template = app.synth().getStackByName('CyberdeskWebhooks-prod').template as Template;

  const withProxy = ofType(template, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.Environment.Variables.HTTPS_PROXY !== undefined,
  );
  expect(withProxy.map(([id]) => id)).toEqual([expect.stringContaining('Processor')]);
});
