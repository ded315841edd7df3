const eventIds = new Map<string, string>();

/** The event id of a message. Cached: the same few messages are checked at every step. */
export function eventOf(body: string): string {
  let id = eventIds.get(body);
  if (id === undefined) {
    const message: { event: string } = JSON.parse(body);
    id = message.event;
    if (eventIds.size > 10_000) eventIds.clear();
    eventIds.set(body, id);
  }
  return id;
}
