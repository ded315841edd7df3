import type { Kind } from './kind.ts';
import { nonEmpty } from './text.ts';

/** Announces a run to people. */
export const notify: Kind<'notify'> = {
  content: ({ subject }) => ({ subject: nonEmpty(subject) }),
  references: { secret: 'nowhere', attachments: 'nowhere' },
  startsRuns: false,
  execution: {
    kind: 'announcement',
    lookUp: 'atLeastOnce',
    announce: (topics, announcement, limit) => topics.notify(announcement, limit),
  },
};
