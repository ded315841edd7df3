import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { errorPage, otherRun, type Reply, type RetryAfter, refusal } from './model/front.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

/** What Cyberdesk and AWS do, as far as no one intends it: throttling, maintenance, outages. */
export class Weather {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  throttle(): void {
    const { api, scheduler, rng } = this.#world;
    const { front } = api;
    this.#world.move('throttle');
    front.throttled = { requests: 0, since: scheduler.now };
    front.throttledUntil = scheduler.now + rng.next() ** 3 * 4 * HOUR;
    front.retryAfter = this.#retryAfter();
  }

  /** In seconds or as a date; zero, past and absurd ones as well. */
  #retryAfter(): RetryAfter {
    const { rng } = this.#world;
    const seconds = rng.int(0, 1200);
    const date =
      (ms: number): RetryAfter =>
      (now) =>
        new Date(now + ms).toUTCString();
    return rng.pick<RetryAfter>([
      () => undefined,
      () => '0',
      () => String(seconds),
      () => '99999999999999999999',
      () => rng.pick(['soon', '-30', '1e3', '', 'Thu, 99 Foo 2026 00:00:00 GMT']),
      date(seconds * SECOND),
      date(-seconds * SECOND),
      date(400 * DAY),
    ]);
  }

  /** A maintenance page, a proxy or a firewall answers in the API's place. */
  maintain(): void {
    const { api, scheduler, rng } = this.#world;
    this.#world.move('maintenance');
    api.front.maintenance = {
      until: scheduler.now + rng.next() ** 3 * 12 * HOUR,
      reply: rng.pick(PAGES),
    };
  }

  /** Questions about one run are refused for a while, or answered with another run, and everything else works. */
  refuseReads(): void {
    const { api, scheduler, rng } = this.#world;
    this.#world.move('refused reads');
    const until = scheduler.now + rng.next() ** 2 * 3 * HOUR;
    api.front.reads = {
      until,
      reply: rng.pick([...[400, 405, 413, 414, 415, 422].map((status) => refusal(status)), otherRun]),
    };
  }

  /** Calls that start a run are refused for a while, and everything else works. */
  refuseWrites(): void {
    const { api, scheduler, rng } = this.#world;
    this.#world.move('refused writes');
    const until = scheduler.now + rng.next() ** 2 * 3 * HOUR;
    api.front.refusedWrites = { until, status: rng.pick([408, 429, 500, 502, 503, 504]) };
  }

  /** One service fails, wholly or as a brown-out that fails some of its requests. */
  outage(services: readonly Service[]): void {
    const { outages, scheduler, rng } = this.#world;
    const service = rng.pick(services);
    const isPartial = rng.chance(0.4);
    this.#world.move(`${isPartial ? 'brown-out' : 'outage'} of ${service}`);
    const from = scheduler.now + rng.between(0, 5 * MINUTE);
    // Longer ones use up what an action may wait.
    const longest = service === 'api' ? 24 * HOUR : 3 * HOUR;
    outages.add({
      service,
      from,
      to: from + rng.next() ** 3 * longest,
      how: rng.pick(['before', 'after', 'mixed', 'hang']),
      share: isPartial ? rng.between(0.05, 0.5) : 1,
    });
  }

  /** A deployment that cannot work, for days: its bundle does not load, or it may not call DynamoDB. */
  breakDeployment(days: number): void {
    const world = this.#world;
    const { scheduler, rng } = world;
    const until = scheduler.now + days * DAY;
    if (rng.chance(0.6)) {
      world.move('bundle does not load');
      world.brokenUntil = until;
    } else {
      world.move('DynamoDB is denied');
      world.outages.add({ service: 'table', from: scheduler.now, to: until, how: 'before', share: 1 });
    }
  }
}

/** What stands in front of the API, or the API itself, answers while it is down. */
const PAGES: readonly Reply[] = [
  ...[301, 302, 307, 308].map((status): Reply => ({ status, headers: { location: 'https://status.test/' } })),
  ...[400, 402, 403, 404, 405, 410, 413, 418, 421, 422, 423, 425, 451, 499].map(errorPage),
  ...[500, 502, 503, 504, 511, 520, 599].map(errorPage),
  ...[402, 403, 408, 421, 423, 425, 451, 500, 503].map((status) => refusal(status)),
  refusal(503, { 'retry-after': '0' }),
  { status: 200, body: { text: '<html>We will be back soon.</html>' } },
  { status: 200, body: { json: {} } },
  { status: 200, body: { json: [] } },
  { status: 204 },
  errorPage(999),
];
