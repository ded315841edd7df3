import type { Cyberdesk } from '../cyberdesk.ts';
import type { AwsFront } from '../front/front.ts';
import type { LocalOptions } from '../options.ts';
import type { RunAddress } from '../running.ts';
import type { FunctionLogs } from '../sandbox/logs.ts';

/** What is up before the parts of the stack are created. */
export interface Foundation {
  readonly options: LocalOptions;
  readonly address: Omit<RunAddress, 'webhookUrl'>;
  readonly awsFront: AwsFront;
  readonly awsUrl: string;
  readonly cyberdesk: Cyberdesk;
  readonly stage: string;
  readonly synthesized: { readonly directory: string; readonly cached: boolean };
  readonly cleanup: Cleanup;
}

/** How the parts report to the person who started the run. */
export interface Reporting {
  readonly logs: FunctionLogs;
  warn(text: string): void;
}

/** What must be undone at the end, in reverse order. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Runs every step once; a step that fails does not stop the others. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch {
        // Whatever is left behind ends with this process.
      }
    }
  }
}
