/** A value at a time, in milliseconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** How far the line through the points of the last half rises from its beginning to its end, as a share of their mean. */
export function riseOfLastHalf(points: readonly Point[]): number {
  const middle = ((points[0]?.at ?? 0) + (points.at(-1)?.at ?? 0)) / 2;
  const half = points.filter(({ at }) => at >= middle);
  const mean = (of: (point: Point) => number) => half.reduce((sum, each) => sum + of(each), 0) / half.length;
  const [center, level] = [mean(({ at }) => at), mean(({ value }) => value)];
  const spread = mean(({ at }) => (at - center) ** 2);
  if (half.length < 2 || spread === 0) return 0;
  const slope = mean(({ at, value }) => (at - center) * (value - level)) / spread;
  return (slope * ((half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0))) / level;
}
