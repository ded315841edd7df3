import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withDefaults } from '../../lib/settings/defaults.ts';
import { everySetting } from '../lib/support/settings.ts';
import { documentedIds } from '../rehearsal/checkov.ts';
import { ROOT, readText } from './repository.ts';

/** Cells of the tables of a page whose first cell has this form. */
const rowsOf = (page: string, first: RegExp): string[][] =>
  readText(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([cell = '']) => first.test(cell));

const inCode = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');

const isPath = (code: string): boolean =>
  /^(\.?\w[\w.-]*\/)+[\w./-]+$|^[\w-]+\.(json|yml)$|^LICENSE$/.test(code);

const missing = (codes: readonly string[]): string[] =>
  codes.filter((code) => isPath(code) && !existsSync(join(ROOT, code)));

/** `retention` and `retention.eventDays`, and so on. */
const settingsIn = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]) => [
    `${prefix}${key}`,
    ...(typeof inner === 'object' && inner !== null ? settingsIn(inner, `${prefix}${key}.`) : []),
  ]);

describe('docs/security/threat-model.md', () => {
  const threats = rowsOf('docs/security/threat-model.md', /^\d(, \d)*$/);

  it('the threat model covers every data flow and every letter of STRIDE', () => {
    const flows = new Set(threats.flatMap(([flow = '']) => flow.split(', ')));
    const letters = new Set(threats.map(([, letter]) => letter));

    expect([...flows].sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect([...letters].sort()).toEqual(['D', 'E', 'I', 'R', 'S', 'T']);
  });

  it.each(threats)('flow %s, %s: "%s" has a control, and tests that exist', (...cells) => {
    const [control = '', tests = ''] = cells.slice(3);

    expect(control).not.toBe('');
    expect(inCode(tests).filter((file) => file.endsWith('.test.ts'))).not.toEqual([]);
    expect(missing(inCode(tests))).toEqual([]);
  });
});

describe('docs/security/vendor-review.md', () => {
  const page = 'docs/security/vendor-review.md';
  const questions = rowsOf(page, /^\d+$/);

  it('the vendor review has fifty-two questions, numbered in order', () => {
    expect(questions.map(([number]) => Number(number))).toEqual(Array.from({ length: 52 }, (_, i) => i + 1));
  });

  it.each(questions)('question %s, "%s", is answered with files and pages that exist', (...cells) => {
    const [answer = '', evidence = ''] = cells.slice(2);

    expect(answer).not.toBe('');
    expect(evidence).toMatch(/`[^`]+`|\]\(/);
    expect(missing(inCode(`${answer} ${evidence}`))).toEqual([]);
  });

  it('the vendor review and the architecture page give the default days of retention', () => {
    const { retention } = withDefaults({ stage: 'prod' });
    const days = {
      eventDays: retention.events.toDays(),
      bodyDays: retention.bodies.toDays(),
      completionDays: retention.completions.toDays(),
      logDays: retention.logs,
    };
    const given = [page, 'docs/architecture.md'].flatMap((path) => [
      ...readText(path).matchAll(/`retention\.(\w+)` \((\d+)\b/g),
    ]);

    expect(given.length).toBeGreaterThan(4);
    for (const [text, name = '', number] of given)
      expect(Number(number), text).toBe(days[name as keyof typeof days]);
  });

  it('the vendor review names only settings that exist', () => {
    const settings = new Set(settingsIn(everySetting));
    const named = inCode(readText(page)).filter((code) =>
      /^[a-z]+(\.[a-z][A-Za-z]*|[A-Z][A-Za-z]*)$/.test(code),
    );
    const own = named.filter((name) => !/\.(json|ts|md)$/.test(name));

    expect(own).toContain('retention.eventDays');
    expect(own.filter((name) => !settings.has(name.replace(/: .*/, '')))).toEqual([]);
  });
});

describe('docs/security/findings.md', () => {
  it('the page of findings has every rule of cdk-nag that is acknowledged, and no other', () => {
    const acknowledged = readText('lib/compliance/acknowledge.ts').matchAll(
      /'((AwsSolutions|Serverless)-\w+)/g,
    );
    const rows = rowsOf('docs/security/findings.md', /^`(AwsSolutions|Serverless)-/);

    expect(rows.map(([rule = '']) => inCode(rule)[0]).sort()).toEqual(
      [...new Set([...acknowledged].map(([, rule]) => rule))].sort(),
    );
  });

  it('the page of findings has a reason or a remedy for each of them', () => {
    const rows = rowsOf('docs/security/findings.md', /^`|^[A-Z]\w+\.\d+$/);

    expect(documentedIds().length).toBeGreaterThan(0);
    expect(rows.length).toBeGreaterThan(documentedIds().length);
    for (const [id, , answer = ''] of rows) expect(answer.length, id).toBeGreaterThan(10);
  });
});
