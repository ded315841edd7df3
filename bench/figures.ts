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
  /** What it is compared with → its share of that. Samples of one round are compared, as they saw the same machine. */
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

/** The lines of a measurement, in the order of `units`. The verifier is divided by what it is compared with. */
export const rowsOf = (part: string, samples: Samples, units: Readonly<Record<string, Unit>>): Row[] =>
  Object.entries(units).flatMap(([what, unit]) =>
    Object.entries(samples[what] ?? {}).map(([subject, values]) => ({
      part,
      what,
      subject,
      unit,
      figure: spreadOf(values),
      ratios: subject === 'verifier' ? ratiosOf(samples[what] ?? {}) : {},
    })),
  );

const COMPARED = ['express', 'floor'];

function ratiosOf({ verifier = [], ...others }: Readonly<Record<string, number[]>>): Row['ratios'] {
  const compared = COMPARED.filter((name) => others[name] !== undefined);
  return Object.fromEntries(
    compared.map((name) => [
      name,
      spreadOf(verifier.map((value, round) => value / (others[name]?.[round] ?? Number.NaN))),
    ]),
  );
}
