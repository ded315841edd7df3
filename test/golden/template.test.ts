import { expect, it } from 'vitest';
import { stages } from '../app/stages.ts';
import { expectGolden } from './support/expect-golden.ts';
import { everySetting, templateOf } from './support/template.ts';

/** Texts that people read; they may change. */
const TEXTS = new Set(['Description', 'AlarmDescription', 'Subject', 'DisplayName']);
/** Texts of a dashboard's widgets. */
const WIDGET_TEXTS = new Set(['title', 'label', 'markdown']);

const variants: [string, string, object][] = [
  ['dev', 'dev', stages.dev],
  ['prod', 'prod', stages.prod],
  ['economy', 'prod', { ...stages.prod, profile: 'economy' }],
  ['every-setting', 'prod', everySetting],
];

it.each(variants)(
  'the template of %s has the same resources, names, values and grants',
  (name, stage, settings) => {
    expectGolden(`template/${name}`, withoutTexts(templateOf(stage, settings)));
  },
);

it('the comparison of templates leaves out texts, and nothing else', () => {
  expect(withoutTexts({ Name: 'a', Description: 'b', Description2: { Description: { Ref: 'c' } } })).toEqual({
    Name: 'a',
    Description2: {},
  });
});

/** A template without texts for people and without hashes of code, which change with every line of it. */
function withoutTexts(value: unknown): unknown {
  if (typeof value === 'string') return withoutHashes(value);
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !TEXTS.has(key))
      .map(([key, entry]) => [
        withoutHashes(key),
        key === 'DashboardBody' ? widgetsOf(entry) : withoutTexts(entry),
      ]),
  );
}

const withoutHashes = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, '<hash of the bundle>')
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');

/** What a dashboard shows, with `${…}` for what CloudFormation fills in. */
function widgetsOf(body: { 'Fn::Join': [string, unknown[]] }): unknown {
  const parts = body['Fn::Join'][1].map((part) =>
    typeof part === 'string' ? part : JSON.stringify(JSON.stringify(part)).slice(1, -1),
  );
  return JSON.parse(parts.join(''), (key, entry) => (WIDGET_TEXTS.has(key) ? undefined : entry));
}
