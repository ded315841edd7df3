import { describe, expect, it } from 'vitest';
import { compile } from '../core/rules/compile.ts';
import { USES } from './uses.ts';

/** What the vendor's TypeScript guide and webhooks quickstart show of the package, and nothing else. */
const SURFACE = `
declare module 'cyberdesk' {
  export interface RunResponse {
    id: string;
    workflow_id: string;
    status: 'scheduling' | 'running' | 'running_checks' | 'success' | 'error' | 'task_failed' | 'cancelled';
    error?: string[] | null;
    output_data?: { [key: string]: unknown } | null;
  }
  export interface RunCompletedEvent { event_id?: string; event_type?: string; run: RunResponse }
  export interface RunCreate {
    workflow_id: string;
    machine_id?: string | null;
    input_values?: { [key: string]: unknown } | null;
  }
  interface Answer<T> { data?: T; error?: unknown }
  export function createCyberdeskClient(apiKey: string): {
    runs: { create(body: RunCreate): Promise<Answer<RunResponse>>; get(id: string): Promise<Answer<RunResponse>> };
  };
}
`;

const errorsOf = (surface: string): string[] =>
  compile({ 'cyberdesk.d.ts': surface, 'uses.ts': USES })['uses.ts'] ?? [];

describe('the documented surface of the official SDK', () => {
  it('code with a key per call compiles against it', () => {
    expect(errorsOf(SURFACE)).toEqual([]);
  });

  it('a status that our types do not know is an error', () => {
    expect(errorsOf(SURFACE.replace("'scheduling'", "'paused'")).join()).toContain('"paused"');
  });

  it('a client without runs.get, by which keys are checked, is an error', () => {
    expect(errorsOf(SURFACE.replace('get(id', 'read(id')).join()).toContain("Property 'get' is missing");
  });
});
