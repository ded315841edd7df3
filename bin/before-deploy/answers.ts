import type { Io } from '../../ops/cli/io.ts';

/** How the caller answers. */
export interface Answers {
  readonly io: Io;
  /** `--yes` was given. */
  readonly isYes: boolean;
}
