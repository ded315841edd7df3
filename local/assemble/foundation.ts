import type { Cleanup } from '../cleanup.ts';
import type { Cyberdesk } from '../cyberdesk.ts';
import type { AwsFront } from '../front/front.ts';
import type { LocalOptions } from '../options.ts';
import type { RunAddress } from '../running.ts';
import type { FunctionLogs } from '../sandbox/logs.ts';
import type { Synthesized } from '../template/synth.ts';

/** What is up before the parts of the stack are created. */
export interface Foundation {
  readonly options: LocalOptions;
  readonly address: Omit<RunAddress, 'webhookUrl'>;
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
