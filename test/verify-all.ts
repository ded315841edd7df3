import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';

/**
 * `npm run verify:all`: what is too long for each change, in the order in which it fails soonest. It takes about two hours
 * on two cores. `--from <name>` continues from a step that has been fixed.
 */
const STEPS = [
  { name: 'check', command: 'npm run check' },
  { name: 'slow', command: 'npm run test:slow' },
  { name: 'long', command: 'npm run test:long' },
  { name: 'own-files', command: 'npm run test:own-files -- --all' },
  { name: 'exhaustive', command: 'npm run simulate -- --exhaustive' },
  { name: 'simulate', command: 'npm run simulate -- --schedules 200000 --seed 7' },
  { name: 'releases', command: 'npm run simulate -- --schedules 100000 --seed 7 --releases' },
  { name: 'fuzz', command: 'npm run fuzz -- --requests 100000' },
  { name: 'rehearse', command: 'npm run rehearse' },
  { name: 'engines', command: 'npm run test:engines' },
  { name: 'layouts', command: 'npm run test:layouts' },
  { name: 'ric', command: 'npm run test:ric -- --all' },
  { name: 'mutate', command: 'npm run mutate' },
];

const names = STEPS.map(({ name }) => name);
const { from } = new Command('npm run verify:all --')
  .addOption(new Option('--from <step>', 'continue from a step').choices(names).default(names[0]))
  .parse()
  .opts<{ from: string }>();
const first = names.indexOf(from);
for (const { name, command } of STEPS.slice(first)) {
  console.log(`\n== ${name}: ${command}`);
  const { status } = spawnSync(command, { stdio: 'inherit', shell: true });
  if (status !== 0) {
    console.error(`\n${name} failed; once it is fixed, continue with: npm run verify:all -- --from ${name}`);
    process.exit(1);
  }
}
