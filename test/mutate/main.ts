import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Argument, Command } from 'commander';
import { ROOMS, reportOf } from './rooms.ts';

/** Goal for all of `lambda/`, in percent. */
const GOAL = 90;

interface Mutant {
  readonly status: string;
  /** In what a module computes when it is loaded. */
  readonly static?: boolean;
}

interface Report {
  readonly files: Readonly<Record<string, { mutants: readonly Mutant[] }>>;
}

/** Mutants that count, and how many of them a test found. */
interface Score {
  readonly mutants: number;
  readonly found: number;
}

const FOUND = ['Killed', 'Timeout'];
const COUNTED = [...FOUND, 'Survived', 'NoCoverage'];

const reportIn = (file: string): Report => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Makes Stryker try the static mutants that survived again. It does not know which tests cover them, and would keep its
 * verdict when a test is added.
 */
function forgetStaticSurvivors(file: string): void {
  if (!existsSync(file)) return;
  const report = reportIn(file);
  for (const source of Object.values(report.files))
    source.mutants = source.mutants.filter(
      ({ status, static: isStatic }) => !isStatic || FOUND.includes(status),
    );
  writeFileSync(file, JSON.stringify(report));
}

function scoreOf(room: string): Score {
  const report = reportIn(reportOf(room));
  const statuses = Object.entries(report.files)
    .filter(([file]) => file.startsWith(`lambda/${room}/`))
    .flatMap(([, { mutants }]) => mutants.map(({ status }) => status));
  const count = (kinds: readonly string[]) => statuses.filter((status) => kinds.includes(status)).length;
  return { mutants: count(COUNTED), found: count(FOUND) };
}

function line(name: string, { mutants, found }: Score): string {
  const score = mutants === 0 ? 'none' : `${((100 * found) / mutants).toFixed(1)} %`;
  return `${name.padEnd(20)} ${String(mutants).padStart(6)} ${score.padStart(8)}\n`;
}

const all = Object.keys(ROOMS);
const { args } = new Command('npm run mutate --')
  .addArgument(new Argument('[rooms...]', 'folders of lambda/').choices(all))
  .parse();
const rooms = args.length > 0 ? args : all;
for (const room of rooms) {
  forgetStaticSurvivors(reportOf(room));
  const env = { ...process.env, MUTATED_ROOM: room };
  const { status } = spawnSync('npx', ['--no', 'stryker', 'run'], { stdio: 'inherit', env });
  if (status !== 0) process.exit(1);
}

const scores = rooms.map((room) => [room, scoreOf(room)] as const);
const sum = scores.reduce<Score>(
  (total, [, { mutants, found }]) => ({ mutants: total.mutants + mutants, found: total.found + found }),
  { mutants: 0, found: 0 },
);
process.stdout.write(['\n', ...scores.map(([room, score]) => line(room, score)), line('all', sum)].join(''));
process.exitCode = 100 * sum.found < GOAL * sum.mutants ? 1 : 0;
