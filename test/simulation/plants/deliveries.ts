import type { KnownMistake } from './plant.ts';

/** Mistakes with events that are handed to the customer's own code. */
export const DELIVERY_PLANTS: Record<string, KnownMistake> = {
  'takes the status of an invocation for its outcome': {
    broken: /counts as delivered, and was not/,
    rules: ['deliver'],
    plant: {
      ports: (ports) => ({
        ...ports,
        destinations: {
          async deliver(delivery, limit) {
            const outcome = await ports.destinations.deliver(delivery, limit);
            // A function that has failed answers with 200.
            return outcome.kind === 'failed' && outcome.status === 200 ? { kind: 'delivered' } : outcome;
          },
        },
      }),
    },
  },

  'counts an event as delivered before it is': {
    broken: /counts as delivered, and was not/,
    rules: ['deliver'],
    plant: {
      ports: (ports) => ({
        ...ports,
        destinations: {
          async deliver(delivery, limit) {
            void ports.destinations.deliver(delivery, limit).catch(() => undefined);
            return { kind: 'delivered' };
          },
        },
      }),
    },
  },
};
