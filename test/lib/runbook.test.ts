import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../lib/monitoring/alarm-definition.ts';
import { everySetting } from './support/settings.ts';
import { ofType, synth } from './support/synth.ts';

const text = readFileSync('docs/runbook.md', 'utf8');
const sections = text.split(/^## /m).slice(1);
const titles = sections.map((section) => section.split('\n')[0] as string);

const template = synth({ ...everySetting, monitoring: 'full' });
/** Anchors linked by the descriptions of the alarms, in order. */
const linksOf = (type: string) =>
  ofType(template, type).map(
    ([, { Properties }]) => /runbook\.md#([\w-]+)/.exec(JSON.stringify(Properties.AlarmDescription))?.[1],
  );
/** Alarms that are read together have one section. */
const links = [...new Set(linksOf('AWS::CloudWatch::Alarm'))];

/** Sections to which no alarm leads, but a person. */
const OTHERS = ['the-table-was-lost-or-damaged'];

describe('runbook', () => {
  it('the runbook has one section per alarm, in the same order', () => {
    expect(titles.map(anchorOf)).toEqual([...links, ...OTHERS]);
    const composites = linksOf('AWS::CloudWatch::CompositeAlarm');
    expect(composites).toHaveLength(6);
    expect(composites.filter((link) => !links.includes(link))).toEqual([]);
  });

  it.each(sections.map((section, index) => [titles[index], section]))(
    'the runbook explains meaning, diagnosis and remedy of %s',
    (_, section) => {
      expect(section?.match(/^\*\*\w+\.\*\*/gm)).toEqual(['**Means.**', '**Look.**', '**Do.**']);
    },
  );

  it('the runbook has no broken links between its sections', () => {
    const anchors = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor as string);

    expect(anchors.length).toBeGreaterThan(0);
    const headings = [...text.matchAll(/^##+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string));
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
    expect(existsSync('docs/deploy.md')).toBe(true);
  });

  it('the runbook mentions the setting of each threshold', () => {
    for (const setting of Object.keys(everySetting.alarms)) {
      if (['emails', 'ticketEmails', 'runbookUrl', 'functionErrors'].includes(setting)) continue;
      expect(text).toContain(`\`alarms.${setting}\``);
    }
  });
});
