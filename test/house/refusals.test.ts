import { expect, it } from 'vitest';
import { listTexts, readText } from './repository.ts';

/** Where such a status is compared, and why a proxy's page is not taken for an answer of the API there. */
const COMPARED: Readonly<Record<string, string>> = {
  'lambda/cyberdesk/answer-class.ts': 'the place that knows',
  'lambda/cyberdesk/answer.ts': 'only an answer in JSON names a field',
  'ops/doctor/endpoint.ts': 'it is the verifier that answers',
  'ops/stage/secrets.ts': 'no list is missing at the API, so that any 404 is of another server',
};

it('no status that a proxy may answer is taken for an answer of the API', () => {
  const found = listTexts()
    .filter((path) => /^(lambda|ops)\/.*\.ts$/.test(path))
    .filter((path) => /status === (?:3\d\d|40[045]|410|42[2-5])\b/.test(readText(path)));

  // Another place: use `isUnknownToApi`, `isRefusedRead` or `classOf`, or add it to the list with its reason.
  expect(found.sort()).toEqual(Object.keys(COMPARED));
});
