import type { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';
import type { CyberdeskWebhooksStack } from './stack.ts';

/** What `extend` in `infrastructure.ts` is called with, once for each stage. */
export interface Extension {
  /** The stack of the stage, where resources of your own go. */
  readonly stack: CyberdeskWebhooksStack;
  /** Everything of this product in that stack: its functions to grant permissions to, its queues, topics and alarms. */
  readonly receiver: CyberdeskWebhooks;
  /** Name of the stage, as in `stages.ts`. */
  readonly stage: string;
}

/**
 * Adds infrastructure of your own to the stack of each stage. Called whenever the app is synthesized, so it must not
 * depend on anything outside, and before cdk-nag looks at the app (`npx cdk synth -c nag=true`).
 */
export type Extend = (extension: Extension) => void | Promise<void>;
