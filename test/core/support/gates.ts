import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import type { CallReport } from '../../../lambda/core/pause/call-report.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestCyberdesk } from './cyberdesk.ts';
import { START, TestSystem } from './system.ts';
import { asTable } from './world.ts';

/** Gates of several sandboxes over one table. */
export class TestGates {
  readonly model = new TableModel();
  readonly system = new TestSystem();
  readonly cyberdesk = new TestCyberdesk();

  /** The gate of another sandbox, in an invocation with time for a read. */
  create(table = asTable(this.model)): PauseGate {
    const gate = new PauseGate(this.system, MINUTE);
    gate.begin({ table, cyberdesk: this.cyberdesk, deadline: START + 60 * MINUTE });
    return gate;
  }

  /** A pause of one second that is over. */
  async afterPause(): Promise<void> {
    await this.create().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
    this.system.time += SECOND;
  }
}

export const WRITTEN: CallReport = { kind: 'answered', by: 'write' };
export const READ: CallReport = { kind: 'answered', by: 'read' };
export const failed = (id: string, tries = 0, by: 'read' | 'write' = 'read'): CallReport => ({
  kind: 'failed',
  subject: { id, tries, by },
});
export const unwritten = (id: string, rule?: string): CallReport => ({
  kind: 'failed',
  subject: { id, tries: 0, by: 'write', ...(rule && { rule }) },
});
export const started = (rule: string): CallReport => ({ kind: 'answered', by: 'write', rule });
export const denied = (id: string): CallReport => ({
  kind: 'denied',
  subject: { id, tries: 0, by: 'write' },
  status: 401,
});

/** What a report says where no pause follows from it. */
export const NOTHING = { paused: false, keyRefused: false };
export const PAUSED = { paused: true, keyRefused: false };
