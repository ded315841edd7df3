import type { CyberdeskWebhooksOptions } from './options.ts';

/** Settings of one stage of the app in `bin/`. */
export interface StageSettings extends CyberdeskWebhooksOptions {
  /**
   * Tells apart two installations in one account and region; it goes between the app's name and the stage's.
   *
   * @default - none: `CyberdeskWebhooks-<stage>`
   */
  readonly name?: string;
  /**
   * AWS account to deploy to, 12 digits. Set it together with `region`, or neither.
   *
   * @default - the account of the credentials that deploy
   */
  readonly account?: string;
  /**
   * AWS region to deploy to. Set it together with `account`, or neither.
   *
   * @default - the region of the credentials that deploy
   */
  readonly region?: string;
}
