/** A median with its quartiles. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

export type Unit = 'ms' | 'MB' | 'KB' | 'per second' | '';

/** One line of the table. */
export interface Row {
  /** Which measurement it belongs to. */
  readonly part: string;
  readonly what: string;
  readonly subject: string;
  readonly unit: Unit;
  readonly figure: Spread;
  /** What it is divided by → the ratio. Samples of one round are divided by each other, as they saw the same machine. */
  readonly ratios: Readonly<Record<string, Spread>>;
}

/** What was measured → who was measured → samples, one for each round. */
export type Samples = Record<string, Record<string, number[]>>;

export function addSample(samples: Samples, what: string, subject: string, value: number): void {
  samples[what] ??= {};
  samples[what][subject] ??= [];
  samples[what][subject].push(value);
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), samples: samples.length };
}

/**
 * The lines of a measurement, in the order of `units`.
 * @param against the subjects that the others are divided by
 */
export const rowsOf = (
  part: string,
  samples: Samples,
  units: Readonly<Record<string, Unit>>,
  against: readonly string[] = [],
): Row[] =>
  Object.entries(units).flatMap(([what, unit]) =>
    Object.entries(samples[what] ?? {}).map(([subject, values]) => ({
      part,
      what,
      subject,
      unit,
      figure: spreadOf(values),
      ratios: ratiosOf(samples[what] ?? {}, subject, against),
    })),
  );

function ratiosOf(of: Readonly<Record<string, number[]>>, subject: string, against: readonly string[]) {
  const ours = of[subject] ?? [];
  return Object.fromEntries(
    against.flatMap((other) => {
      const theirs = of[other];
      if (other === subject || theirs === undefined) return [];
      return [[other, spreadOf(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))]];
    }),
  );
}
