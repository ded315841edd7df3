import { expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { answered, callFailure } from '../support/cyberdesk.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { createWorld, type World } from '../support/world.ts';

const EVENTS = 40;

/** Delivers each message when its wait is over, until all are acknowledged. */
async function processAll(world: World, until: number): Promise<{ last: number; handled: number }> {
  const due = new Map(Array.from({ length: EVENTS }, (_, n) => [`event-${n}`, { at: START, receives: 0 }]));
  let handled = 0;
  while (due.size > 0) {
    const [id, next] = [...due].reduce((first, entry) => (entry[1].at < first[1].at ? entry : first));
    world.later(Math.max(0, next.at - world.system.time));
    if (world.system.time > until) throw new Error(`${due.size} events are still waiting`);
    handled += 1;
    next.receives += 1;
    const verdict = await processMessage(world.worker, {
      body: JSON.stringify({ v: 1, event: id }),
      receives: next.receives,
      facts: {},
    });
    if (verdict.kind === 'acknowledge') due.delete(id);
    else next.at = Math.max(verdict.until, world.system.time + SECOND);
  }
  return { last: world.system.time - START, handled };
}

it.each([
  ['does not answer', 6, { mayHaveTakenEffect: true }],
  ['answers 503', 6, { status: 503, mayHaveTakenEffect: true }],
  ['refuses the key', 6, { status: 401, mayHaveTakenEffect: false }],
  ['throttles', 6, { status: 429, retryAfterMs: 60 * SECOND, mayHaveTakenEffect: false }],
  ['throttles, but asks for no wait', 24, { status: 429, retryAfterMs: 0, mayHaveTakenEffect: false }],
  ['redirects', 24, { status: 302, isJson: false, mayHaveTakenEffect: false }],
  ['shows a page', 24, { status: 404, isJson: false, mayHaveTakenEffect: false }],
])(
  'an outage in which the API %s for %i hours sends no event to the dead-letter queue, and each one starts its run afterwards',
  async (_, hours, failure) => {
    const world = createWorld(startNext);
    world.system.randomNumber = 0.5;
    for (let n = 0; n < EVENTS; n += 1) {
      const body = runComplete(
        { id: `run-${n}`, output_data: { summary: `of ${n}` } },
        { event_id: `event-${n}` },
      );
      await receive(world.ports, { svixId: `msg_${n}`, body }, 90);
    }
    const isOut = () => world.system.time < START + hours * HOUR;
    const down = () => callFailure(failure);
    let started = 0;
    world.cyberdesk.answers.createRun = () => {
      if (isOut()) return down();
      started += 1;
      return answered({ runIds: [`started-${started}`] });
    };
    world.cyberdesk.answers.ping = () => (isOut() ? down() : answered(undefined));
    world.cyberdesk.answers.findRuns = () => (isOut() ? down() : answered({ runs: [] }));

    const { last, handled } = await processAll(world, START + (hours + 18) * HOUR);

    expect(started).toBe(EVENTS);
    expect(world.deadLetters.messages.size).toBe(0);
    expect(last).toBeGreaterThanOrEqual(hours * HOUR);
    // Without the pause, every event would call the API again on its own.
    expect(world.cyberdesk.calls.length).toBeLessThan(EVENTS * 8);
    // AWS bills by the receive.
    expect(handled).toBeLessThan(EVENTS * hours * 10);
  },
);
