import { expect, it } from 'vitest';
import { addSample, rowsOf, type Samples, spreadOf } from '../../bench/figures.ts';
import { judgeRound } from '../../bench/round.ts';

it('a spread has the median and the quartiles, in whatever order the samples come', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, samples: 5 });
  expect(spreadOf([4, 1])).toEqual({ median: 2.5, low: 1.75, high: 3.25, samples: 2 });
});

it('the ratio of the verifier is that of samples of the same round, so that a busy moment changes nothing', () => {
  const samples: Samples = {};
  for (const [verifier, express] of [
    [10, 20],
    [100, 200],
    [10, 40],
  ] as const) {
    addSample(samples, 'CPU, ms', 'verifier', verifier);
    addSample(samples, 'CPU, ms', 'express', express);
  }

  const [verifier, express] = rowsOf('cold start', samples);
  expect(verifier?.ratios).toEqual({ express: { median: 0.5, low: 0.375, high: 0.5, samples: 3 } });
  expect(express?.ratios).toEqual({});
});

it('a round counts what was lost and what was doubled, and times from request to first start', () => {
  const sent = ['a', 'b', 'c', 'd'].map((id) => ({ id, at: 1000, isAccepted: id !== 'd' }));
  const starts = [
    { event: 'a', at: 1010 },
    { event: 'a', at: 1500 },
    { event: 'b', at: 1030 },
    { event: 'of another round', at: 1001 },
  ];

  const { percentile, ...round } = judgeRound(sent, starts);
  expect(round).toEqual({ accepted: 3, refused: 1, started: 2, lost: 1, doubled: 1, lastAfter: 30 });
  expect([50, 99].map(percentile)).toEqual([10, 30]);
});
