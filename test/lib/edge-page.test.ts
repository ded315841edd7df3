import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stages } from './support/edge-page.ts';
import { synth } from './support/synth.ts';

const page = readFileSync('docs/edge.md', 'utf8');

/** Names of endpoints that are not those of the SDK's packages. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  'secrets-manager': 'secretsmanager',
  eventbridge: 'events',
};

it('the settings of docs/edge.md are valid', () => {
  expect(() => synth(stages.prod, 'prod')).not.toThrow();
});

it.each(['verifier', 'processor', 'sweeper'])(
  'docs/edge.md lists the endpoints of all services that the %s has a client of, and no others',
  (name) => {
    const handler = readFileSync(`lambda/${name}/handler.ts`, 'utf8');
    const clients = [...handler.matchAll(/@aws-sdk\/client-([\w-]+)'/g)].map(([, service = '']) => service);
    const [, services = ''] = new RegExp(`^\\| ${name} \\| ([^|]*) \\|`, 'm').exec(page) ?? [];
    const listed = [...services.matchAll(/`([a-z]+)`/g)].map(([, service]) => service);

    expect(listed.toSorted()).toEqual(clients.map((service) => ENDPOINTS[service] ?? service).toSorted());
  },
);
