import type { Kind } from './kind.ts';
import { nonEmpty } from './text.ts';

/** Names that SNS accepts for message attributes. */
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

/**
 * Bytes of a rule's attributes: SNS takes 256 KB of message and attributes together, and the message and the attributes of ours
 * are ids, a status and links.
 */
const LARGEST_ATTRIBUTES = 248 * 1024;

/** What SNS counts of an attribute, in bytes: its name, its type and its value. */
const sizeOf = (name: string, value: string): number =>
  Buffer.byteLength(name) + Buffer.byteLength('String') + Buffer.byteLength(value);

/** Announces a run to systems. */
export const publish: Kind<'publish'> = {
  content({ attributes }) {
    let size = 0;
    for (const [name, value] of Object.entries(attributes)) {
      if (!ATTRIBUTE_NAME.test(name)) throw new TypeError('SNS does not accept an attribute of this name');
      size += sizeOf(name, nonEmpty(value));
    }
    if (size > LARGEST_ATTRIBUTES) throw new TypeError('SNS does not accept attributes of this size');
    return { attributes };
  },
  references: { secret: 'nowhere', attachments: 'nowhere' },
  startsRuns: false,
  execution: {
    kind: 'announcement',
    lookUp: 'atLeastOnce',
    announce: (topics, announcement, limit) => topics.publish(announcement, limit),
  },
};
