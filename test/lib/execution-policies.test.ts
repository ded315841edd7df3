import { expect, it } from 'vitest';
import { readText } from '../house/repository.ts';
import { everySetting } from './support/settings.ts';
import { synth } from './support/synth.ts';

/** CloudFormation's names of services that IAM calls by another name. */
const IN_IAM: Readonly<Record<string, string>> = { apigatewayv2: 'apigateway' };

/** Services in the table of docs/deploy.md that no resource of the templates is of. */
const BESIDES = ['acm', 's3', 'ssm'];

it('docs/deploy.md lists the services whose resources CloudFormation must be allowed to manage, and no others', () => {
  const templates = [synth({}, 'prod'), synth(everySetting)];
  const types = templates.flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type));
  const services = types.map((type) => (type.split('::')[1] ?? '').toLowerCase());
  const [, table = ''] = readText('docs/deploy.md').split('### Narrower permissions for CloudFormation');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([a-z0-9]+)`/g)].map(([, name]) => name),
  );

  const needed = new Set(services.filter((name) => name !== 'cdk').map((name) => IN_IAM[name] ?? name));
  expect(listed.sort()).toEqual([...needed, ...BESIDES].sort());
});
