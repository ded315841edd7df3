/** Where a stored event is. */
export interface EventPlace {
  region: string;
  tableName: string;
  eventId: string;
}

/** A reference to a stored event, which is delivered in place of an event that is too large: a URI. */
export const eventReference = ({ region, tableName, eventId }: EventPlace): string =>
  `dynamodb://${region}/${tableName}/${encodeURIComponent(eventId)}`;

const REFERENCE = /^dynamodb:\/\/([a-z0-9-]+)\/([\w.-]+)\/([^/]+)$/;

/** The place that a reference names; undefined if it is not a reference to an event. */
export function placeOfEvent(reference: string): EventPlace | undefined {
  const [, region, tableName, eventId] = REFERENCE.exec(reference) ?? [];
  if (region === undefined || tableName === undefined || eventId === undefined) return undefined;
  return { region, tableName, eventId: decodeURIComponent(eventId) };
}
