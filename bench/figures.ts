/** A median with its quartiles. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** One line of the table. */
export interface Row {
  readonly part: string;
  /** With its unit, as in `CPU of loading, ms`. */
  readonly what: string;
  readonly subject: string;
  readonly figure: Spread;
  /** Of the verifier: its share of another's figure. Samples of one round are compared, as they saw the same machine. */
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
    const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place));
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), samples: samples.length };
}

/** The lines of a measurement. */
export const rowsOf = (part: string, samples: Samples): Row[] =>
  Object.entries(samples).flatMap(([what, of]) =>
    Object.entries(of).map(([subject, values]) => ({
      part,
      what,
      subject,
      figure: spreadOf(values),
      ratios: subject === 'verifier' ? ratiosOf(values, of) : {},
    })),
  );

const ratiosOf = (ours: readonly number[], of: Readonly<Record<string, number[]>>): Row['ratios'] =>
  Object.fromEntries(
    ['express', 'floor'].flatMap((other) => {
      const theirs = of[other];
      // Of what makes no calls there is no multiple.
      if (!theirs?.every((value) => value > 0)) return [];
      return [[other, spreadOf(ours.map((value, round) => value / (theirs[round] ?? 0)))]];
    }),
  );
