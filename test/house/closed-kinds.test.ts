import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';

/** A copy of `lambda/` that the compiler checks after a change. */
const clone = makeClone('test/app', ['lambda', 'package.json', 'tsconfig.json']);
const copy = clone.root;
// They need `lib`.
for (const file of ['stages.ts', 'infrastructure.ts']) rmSync(join(copy, file));
afterAll(clone.remove);

/** What the compiler says of the copy with one text replaced in one file. */
function compileWith(file: string, from: string, to: string): string {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  expect(original, `${file} no longer holds the text that this test replaces`).toContain(from);
  writeFileSync(path, original.replace(from, to));
  try {
    const tsc = join(copy, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '--project', copy], { encoding: 'utf8' }).stdout;
  } finally {
    writeFileSync(path, original);
  }
}

const KINDS = 'lambda/core/plan/kinds';
const EVENT_TYPES = 'lambda/core/model/event-types';

describe('the compiler', () => {
  it('the compiler accepts the kinds as they are', () => {
    expect(compileWith(`${KINDS}/notify.ts`, 'atLeastOnce', 'atLeastOnce')).toBe('');
  });

  it('the compiler asks for the handler of a new action kind', () => {
    const union = "| { kind: 'notify'; subject: string }";
    const said = compileWith('lambda/rules/actions.ts', union, `${union} | { kind: 'callWebhook' }`);
    expect(said).toMatch(/plan\/kinds\/index\.ts.*error TS\d+/);
    expect(said).toContain('callWebhook');
  });

  it.each([
    ['its content', 'notify.ts', /content: .*\n/, 'content'],
    ['the places of its references', 'notify.ts', /references: .*\n/, 'references'],
    ['whether it starts runs', 'notify.ts', /startsRuns: .*\n/, 'startsRuns'],
    ['how a lost response is looked up', 'notify.ts', /lookUp: .*\n/, 'lookUp'],
    ['how a lost response of a call is looked up', 'retry-run.ts', /lookUp: .*\n/, 'lookUp'],
    ['how many runs a call starts', 'retry-run.ts', /runsOf: .*\n/, 'runsOf'],
    ['how it is carried out', 'notify.ts', /announce: .*\n/, 'announce'],
  ])('the compiler refuses a kind that does not say %s', (_, file, line, missing) => {
    const [text = ''] = readFileSync(join(copy, KINDS, file), 'utf8').match(line) ?? [];
    expect(compileWith(`${KINDS}/${file}`, text, '\n')).toContain(missing);
  });

  it('the compiler asks for the entry of a new event type, in the one file that lists them', () => {
    const said = compileWith(
      `${EVENT_TYPES}/index.ts`,
      'type KnownEvent = RunComplete | DownedMachines;',
      "type KnownEvent = RunComplete | DownedMachines | (EventItem & { type: 'machine_repaired' });",
    );

    expect(said).toMatch(/event-types\/index\.ts.*error TS\d+/);
    expect(said).toContain('machine_repaired');
    // No other file has to change for it.
    expect(new Set(said.match(/(?<=\/)lambda\/\S+\.ts(?=\(\d)/gm))).toEqual(
      new Set([`${EVENT_TYPES}/index.ts`]),
    );
  });

  it.each([
    ['what it is about', /subject: .*\n/, 'subject'],
    ['what rules see of it', /read: [^;]*?,\n\n/, 'read'],
    ['when it can be acted on', /isActionable: [^;]*?,\n\n/, 'isActionable'],
  ])('the compiler refuses an event type that does not say %s', (_, line, missing) => {
    const file = `${EVENT_TYPES}/run-complete.ts`;
    const [text = ''] = readFileSync(join(copy, file), 'utf8').match(line) ?? [];
    expect(compileWith(file, text, '\n')).toContain(missing);
  });
});
