/** A line of a plot. */
export interface Line {
  readonly title: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [720, 320, 70, 36, 170, 44];
/** Distinguished by their dashes as well, and visible on white and on black. */
const STYLES = [
  { color: '#3b82f6', dash: '' },
  { color: '#d97706', dash: '8 4' },
  { color: '#16a34a', dash: '2 4' },
];
const TICKS = 4;

/** A plot of lines that begin at zero, as a drawing in SVG. */
export function svgOf({ title, x, y, lines }: Plot): string {
  const all = lines.flatMap(({ points }) => points);
  const [right, top] = [0, 1].map((axis) => Math.max(...all.map((point) => point[axis] ?? 0)) || 1) as [
    number,
    number,
  ];
  const [w, h] = [WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM];
  const px = (value: number) => (LEFT + (value / right) * w).toFixed(1);
  const py = (value: number) => (TOP + h - (value / top) * h).toFixed(1);
  const text = (at: string, words: string) => `<text ${at}>${escaped(words)}</text>`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => tick / TICKS).flatMap((share) => [
    `<path d="M${LEFT} ${py(share * top)}h${w}" stroke="#888" stroke-opacity=".3"/>`,
    text(
      `x="${LEFT - 8}" y="${py(share * top)}" text-anchor="end" dominant-baseline="middle"`,
      short(share * top),
    ),
    text(`x="${px(share * right)}" y="${TOP + h + 18}" text-anchor="middle"`, short(share * right)),
  ]);
  const drawn = lines.flatMap(({ title: name, points }, index) => {
    const { color, dash } = STYLES[index % STYLES.length] ?? { color: '#888', dash: '' };
    const style = `fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"`;
    const at = TOP + 10 + index * 20;
    return [
      `<polyline points="${points.map(([a, b]) => `${px(a)},${py(b)}`).join(' ')}" ${style}/>`,
      `<path d="M${WIDTH - RIGHT + 14} ${at}h24" ${style}/>`,
      text(`x="${WIDTH - RIGHT + 44}" y="${at}" dominant-baseline="middle"`, name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12" fill="#888">`,
    `<title>${escaped(title)}</title>`,
    text(`x="${LEFT}" y="18" font-weight="bold"`, title),
    ...ticks,
    text(`x="${LEFT + w / 2}" y="${HEIGHT - 6}" text-anchor="middle"`, x),
    text(`transform="translate(14 ${TOP + h / 2}) rotate(-90)" text-anchor="middle"`, y),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

const escaped = (words: string): string => words.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);

const short = (value: number): string =>
  value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
