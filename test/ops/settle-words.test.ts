import { describe, expect, it } from 'vitest';
import { whyRefused } from '../../ops/events/settle-words.ts';

const deciding = { eventId: 'event-1', number: 2, choice: { kind: 'start_again' } } as const;

describe('why a decision was refused', () => {
  it('a refusal of an open action says that it has no result yet, and what to do', () => {
    const { problem, next } = whyRefused(deciding, { kind: 'open' });

    expect(problem).toBe('action 2 has no result yet, so there is nothing to decide');
    expect(next).toContain('redrive the event');
    expect(next).toContain('--skip');
  });

  it('a refusal of a run says that its action starts none, and what to do instead', () => {
    const { problem, next } = whyRefused(deciding, { kind: 'starts_no_run' });

    expect(problem).toBe('action 2 starts no run');
    expect(next).toContain('--start-again');
    expect(next).toContain('--skip');
  });

  it('a refusal of a run whose chain may not be listed yet says when to repeat the command', () => {
    const until = Date.parse('2026-11-25T10:00:00Z');
    const { problem, next } = whyRefused(deciding, { kind: 'not_listed_yet', until });

    expect(problem).toContain('may not show every run of action 2 yet');
    expect(next).toBe('repeat the command after 2026-11-25T10:00:00.000Z');
  });

  it('a refusal calls an outcome known only where the action has a result', () => {
    expect(whyRefused(deciding, { kind: 'not_unknown' }).problem).toContain('is known');
  });
});
