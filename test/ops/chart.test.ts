import { describe, expect, it } from 'vitest';
import { spanOf } from '../../ops/console/api/chart.ts';
import { answersOver } from '../../ops/doctor/answers.ts';
import { readSums } from '../../ops/stage/metrics.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { stubAws } from './support/aws.ts';
import { CRASHED, ENDPOINT_RESOURCES, SERVER_ERRORS } from './support/endpoint.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-29T10:07:30.000Z');

describe('spanOf', () => {
  it.each([
    [15 * MINUTE, MINUTE],
    [HOUR, MINUTE],
    [DAY, 30 * MINUTE],
    [7 * DAY, 3 * HOUR],
    [30 * DAY, 12 * HOUR],
    [90 * DAY, 2 * DAY],
    [400 * DAY, 7 * DAY],
  ])('spanOf divides %i ms into at most 61 periods of %i ms that begin at round times', (length, period) => {
    const span = spanOf(NOW - length, NOW, NOW);

    expect(span.period).toBe(period);
    expect([span.from % period, span.to % period]).toEqual([0, 0]);
    expect((span.to - span.from) / period).toBeLessThanOrEqual(62);
    expect(span.from).toBeLessThanOrEqual(NOW - length);
    expect(span.to).toBeGreaterThanOrEqual(NOW);
  });

  it('spanOf asks for no period that CloudWatch no longer keeps', () => {
    expect(spanOf(NOW - 20 * DAY, NOW - 20 * DAY + HOUR, NOW).period).toBe(5 * MINUTE);
    expect(spanOf(NOW - 70 * DAY, NOW - 70 * DAY + HOUR, NOW).period).toBe(HOUR);
  });
});

it('readSums adds up the metrics of a group in each period', async () => {
  const at = (minute: number) => new Date(minute * MINUTE);
  const { clients } = stubAws({
    GetMetricData: {
      MetricDataResults: [
        { Label: 'A', Timestamps: [at(0), at(5)], Values: [1, 2] },
        { Label: 'B', Timestamps: [at(5)], Values: [3] },
        { Label: 'C', Timestamps: [at(10)], Values: [4] },
      ],
    },
  });
  const stage = { clients, stackName: 'S' } as Stage;

  const sums = await readSums(stage, [['A', 'B'], ['C']], { from: 0, to: 15 * MINUTE, period: 5 * MINUTE });

  expect(sums).toEqual([
    [1, 5, 0],
    [0, 0, 4],
  ]);
});

it('answersOver counts a delivery without a response as refused, and one that the verifier answered 503 once', async () => {
  const results = [
    ['EventAccepted', 0, 4],
    ['BodyTooLarge', 0, 1],
    ['DependencyFailed', 0, 2],
    [SERVER_ERRORS, 0, 3],
    [CRASHED, 5, 1],
  ] as const;
  const { clients } = stubAws({
    ListStackResources: { StackResourceSummaries: ENDPOINT_RESOURCES },
    GetMetricData: {
      MetricDataResults: results.map(([Label, minute, value]) => ({
        Label,
        Timestamps: [new Date(minute * MINUTE)],
        Values: [value],
      })),
    },
  });
  const stage = { clients, stackName: 'S' } as Stage;

  const answers = await answersOver(stage, { from: 0, to: 10 * MINUTE, period: 5 * MINUTE });

  expect(answers).toEqual({ accepted: [4, 0], refused: [4, 1], failed: [0, 0] });
});
