import type { Kind } from './kind.ts';
import { nonEmpty } from './text.ts';

/** Names that SNS accepts for message attributes. */
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

/** Announces a run to systems. */
export const publish: Kind<'publish'> = {
  content({ attributes }) {
    for (const [name, value] of Object.entries(attributes)) {
      if (!ATTRIBUTE_NAME.test(name)) throw new TypeError('SNS does not accept an attribute of this name');
      nonEmpty(value);
    }
    return { attributes };
  },
  references: { secret: 'nowhere', attachments: 'nowhere' },
  startsRuns: false,
  execution: {
    kind: 'announcement',
    lookUp: 'atLeastOnce',
    announce: (topics, announcement) => topics.publish(announcement),
  },
};
