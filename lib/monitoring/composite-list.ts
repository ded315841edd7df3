import { Duration } from 'aws-cdk-lib';
import type { Installation } from '../installation.ts';
import type { CompositeDefinition } from './alarm-definition.ts';
import { linksOf } from './alarm-links.ts';
import { queueLink } from './console-links.ts';

/** What keeps events waiting, and has an alarm of its own. */
const WAITING = {
  id: 'WaitingCause',
  anyOf: ['CyberdeskUnavailable', 'ApiKeyNotSet', 'ApiKeyRejected', 'FailingMessages'],
};

/** The effects that have causes of their own, in the order in which an event travels. */
export function compositeList(installation: Installation): CompositeDefinition[] {
  const links = linksOf(installation);
  const queue = { Queue: queueLink(installation.eventQueue.queue), ...links.processor };
  return [
    {
      id: 'UnexplainedServerErrors',
      severity: 'page',
      title: 'Server errors',
      sentence:
        'The endpoint responds with 5xx although the signing secret is set; Svix retries for 27 hours and disables it after five days of failures.',
      anyOf: [['ServerErrors']],
      causes: { id: 'EndpointCause', anyOf: ['SigningSecretNotSet', 'SigningSecretMalformed'] },
      links: links.verifier,
    },
    {
      id: 'EventsLate',
      severity: 'page',
      title: 'Events late',
      sentence:
        'Many events are late or fail, or one has waited for its follow-ups for very long, and no other alarm says why.',
      anyOf: [['FastBurnLong', 'FastBurnShort'], ['OldestUnfinishedEvent']],
      causes: WAITING,
      links: queue,
    },
    {
      id: 'SlowBurn',
      severity: 'ticket',
      title: 'Slow burn',
      sentence:
        'For a day, more events have been late or failed than the service level allows, and it goes on.',
      anyOf: [['SlowBurnLong', 'SlowBurnShort']],
      // The page is about the same events, and ends sooner: its window is shorter.
      causes: { id: 'SlowBurnCause', anyOf: [WAITING.id, 'EventsLate'] },
      afterCause: Duration.hours(2),
      links: queue,
    },
  ];
}
