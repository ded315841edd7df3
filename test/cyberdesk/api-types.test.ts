import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { header } from '../../lambda/cyberdesk/generate.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../lambda/cyberdesk/${name}`, import.meta.url), 'utf8');

it('api-types.ts is up to date with openapi.yaml (npm run generate updates it)', () => {
  const generated = read('api-types.ts');
  const types = generated.slice(generated.indexOf('/**'));
  expect(generated).toBe(header(read('openapi.yaml'), types) + types);
});
