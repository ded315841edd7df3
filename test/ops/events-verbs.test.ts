import { describe, expect, it } from 'vitest';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

describe('events list', () => {
  const list = (...argv: string[]) => run(['events', 'list', ...argv], { connect: async () => here.stage });

  it('events list says what to do next where there are no events', async () => {
    const { code, out, err } = await list();
    expect(code).toBe(0);
    expect(out + err).toContain('send one with "npx --no cyberdesk-webhooks send');
  });

  it('events list says where a missing event may be if none matches a filter', async () => {
    await here.service.deliver();
    const { out, err } = await list('--run', 'unknown');
    expect(out + err).toMatch(/reconcile --stage dev" finds it.*doctor/);
  });
});

describe('events show', () => {
  it('events list and events show say that a body is not JSON, whose type JSON output has as it is stored', async () => {
    const id = await here.service.receive('BODY-TEXT {');
    const events = (...argv: string[]) => run(['events', ...argv], { connect: async () => here.stage });

    const [listed, shown] = [await events('list'), await events('show', id)];

    expect(listed.out).toMatch(/unprocessable +- +\S+ +- +not JSON\n/);
    expect(shown.out).toMatch(/^type +not JSON$/m);
    expect((await events('show', id, '--json')).json()).toMatchObject({
      type: 'unknown',
      reason: 'not_json',
    });
    expect(listed.out + shown.out).not.toContain('BODY-TEXT');
  });

  it('events show takes the id of a run, and names its events if it has several', async () => {
    const run_id = 'run-of-two';
    const first = await here.service.deliver({ run: { id: run_id, ended_at: '2026-11-25T10:00:00Z' } });
    const show = (id: string) => run(['events', 'show', id], { connect: async () => here.stage });
    expect((await show(run_id)).out).toContain(first);

    await here.service.work();
    const second = await here.service.deliver({ run: { id: run_id, ended_at: '2026-11-25T11:00:00Z' } });
    const { code, err } = await show(run_id);

    expect(code).toBe(2);
    expect(err).toContain(`"run-of-two" is a run with 2 events`);
    for (const id of [first, second]) expect(err).toContain(`events show ${id}`);
    expect((await show('no-such-id')).err).toContain('event "no-such-id" does not exist');
  });
});
