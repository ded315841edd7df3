import type { Kind } from './kind.ts';
import { nonEmpty } from './text.ts';

/** Hands the event over to the customer's own code. */
export const deliver: Kind<'deliver'> = {
  // What is sent is the event itself, which is stored already.
  content: () => ({}),
  destination: ({ destination }) => nonEmpty(destination),
  references: { secret: 'nowhere', attachments: 'nowhere' },
  startsRuns: false,
  execution: { kind: 'delivery', lookUp: 'atLeastOnce' },
};
