import { expect, it } from 'vitest';
import { mainComplaint } from '../../local/template/complaint.ts';

const thrown = (...lines: string[]) =>
  ['/clone/lib/a.ts:7', '    throw error;', '    ^', '', ...lines, '', 'Node.js v24.21.0', ''].join('\n');

it.each([
  [
    'an error of the app itself',
    'Bundling asset A...\nfollow-ups.ts: two rules are named "a"\n',
    'follow-ups.ts: two rules are named "a"',
  ],
  [
    'an uncaught error',
    thrown('TypeError: x is not a function', '    at Object.<anonymous> (/a.ts:1:2)'),
    'TypeError: x is not a function',
  ],
  [
    'an error with properties',
    thrown("Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'a'", "    at b (c:1:2) {\n  code: 'd'\n}"),
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'a'",
  ],
  [
    'an error of CDK, which ends with the path of the construct',
    thrown(
      '«FailedToBundleAsset» Failed to bundle asset A/Stage: Error: ENOENT',
      '    ...new AssetStaging in aws-cdk-lib...',
      'Relates to construct:',
      '    <.> (aws-cdk-lib.App)',
      '     └─ Stage (aws-cdk-lib.AssetStaging)]',
    ),
    'Failed to bundle asset A/Stage: Error: ENOENT',
  ],
  [
    'an error among other lines',
    'SyntaxError: Unexpected token\n    at a (b:1:2)\n',
    'SyntaxError: Unexpected token',
  ],
  ['nothing', '', 'no reason given; try npm run synth'],
])('the reason for a failed synthesis is found in %s', (_, text, expected) => {
  expect(mainComplaint(text)).toBe(expected);
});
