import { finishedRun } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import { linesOf } from './lines.ts';

it('an output without a list of lines has none', () => {
  expect(linesOf(finishedRun({ output_data: { lines: 'two' } }))).toEqual([]);
});
