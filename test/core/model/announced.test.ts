import { expect, it } from 'vitest';
import { announcedOf, doorOf } from '../../../lambda/core/model/index.ts';
import { eventItem } from '../support/items.ts';

const API = 'https://api.cyberdesk.io';

it('an announcement about a run names the run, its workflow and its status, and links to it', () => {
  expect(announcedOf(eventItem({ run_id: 'run 1' }), API)).toEqual({
    subject: 'A Cyberdesk run has ended',
    ids: { run_id: 'run 1', workflow_id: 'workflow-first', status: 'success' },
    links: { run_url: 'https://api.cyberdesk.io/v1/runs/run%201' },
    attributes: { workflow_id: 'workflow-first', status: 'success' },
  });
});

it('an announcement about machines names each of them', () => {
  const down = { ...eventItem(), type: 'downed_machines' as const, machine_ids: ['machine-1', 'machine-2'] };

  expect(announcedOf(down, API)).toEqual({
    subject: 'Cyberdesk machines are down',
    ids: { event_type: 'downed_machines', machine_ids: 'machine-1 machine-2' },
    links: {},
    attributes: { event_type: 'downed_machines' },
  });
});

it('an announcement about machines of an item without ids names none', () => {
  const down = { ...eventItem(), type: 'downed_machines' as const };

  expect(announcedOf(down, API).ids).toEqual({ event_type: 'downed_machines', machine_ids: '' });
});

it('an announcement about an event of another type names its type', () => {
  const other = Object.assign(eventItem(), { type: 'workflow_published' });

  expect(announcedOf(other, API)).toMatchObject({
    subject: 'A Cyberdesk event has arrived',
    ids: { event_type: 'workflow_published' },
  });
});

it('an event keeps the ids of the first hundred machines', () => {
  const machines = Array.from({ length: 120 }, (_, i) => ({ machine_id: `machine-${i}` }));
  const { machine_ids } = doorOf('downed_machines').facts({ machines });

  expect(machine_ids).toHaveLength(100);
  expect(machine_ids?.at(-1)).toBe('machine-99');
});

it('an event about a run keeps only the facts that its payload has', () => {
  const { facts } = doorOf('run_complete');
  const ended = '2026-11-25T10:00:00.000Z';

  expect(Object.keys(facts({}))).toEqual([]);
  expect(Object.keys(facts({ run: { id: 'run-1' } }))).toEqual(['run_id']);
  expect(facts({ run: { id: 'run-1', workflow_id: 'w', status: 'success', ended_at: ended } })).toEqual({
    run_id: 'run-1',
    workflow_id: 'w',
    status: 'success',
    ended_at: Date.parse(ended),
  });
});
