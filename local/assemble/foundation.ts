import type { Cyberdesk } from '../cyberdesk.ts';
import type { SecretValues } from '../emulators/seed.ts';
import type { AwsFront } from '../front/front.ts';
import type { LocalOptions } from '../options.ts';
import type { FunctionLogs } from '../sandbox/logs.ts';
import type { State } from '../state/state.ts';
import type { Synthesized } from '../template/synth.ts';

/** What is up before the parts of the stack are created. */
export interface Foundation {
  readonly options: LocalOptions;
  /** URL of the webhook endpoint's server. */
  readonly url: string;
  readonly secrets: SecretValues;
  readonly state: State | undefined;
  readonly awsFront: AwsFront;
  readonly awsUrl: string;
  readonly cyberdesk: Cyberdesk;
  readonly stage: string;
  readonly synthesized: Synthesized;
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
