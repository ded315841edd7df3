import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { header } from '../../lambda/cyberdesk/generate.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../lambda/cyberdesk/${name}`, import.meta.url), 'utf8');

test('the types are those of openapi.yaml; if not: npm run generate', () => {
  const generated = read('api-types.ts');
  const types = generated.slice(generated.indexOf('/**'));
  expect(generated).toBe(header(read('openapi.yaml'), types) + types);
});
