/** What is said of every delivered event: the attributes of a CloudEvent 1.0, and two extensions. */
export interface DeliveryAttributes {
  /** Version of CloudEvents. */
  specversion: '1.0';
  /** The dedupe id: the same for every repeat of this delivery, and for no other. A UUID. */
  id: string;
  /** `<account>/<region>/<stack>` of the installation. */
  source: string;
  /** `io.cyberdesk.` and the type of the event, such as `io.cyberdesk.run_complete`. */
  type: string;
  /** Id of the run; of an event that is not about the end of a run, the event's own. */
  subject: string;
  /** When the run ended, if it says so; otherwise when the event arrived. ISO 8601, UTC. */
  time: string;
  /** Type of `data`. */
  datacontenttype: 'application/json';
  /** Id of the event, as `events show` takes it. */
  eventid: string;
  /** Name of the rule that delivers it. */
  rule: string;
}

/** With the whole event, as Cyberdesk sent it. */
export interface DeliveredWhole<Data> extends DeliveryAttributes {
  /** The webhook. */
  data: Data;
}

/** With the whole event as bytes, so that it is not parsed before `readEvent` does: what a handler of the stack's gets. */
export interface DeliveredBytes extends DeliveryAttributes {
  /** The webhook, JSON in UTF-8, as base64. */
  data_base64: string;
}

/** With a reference in place of an event that is too large for the destination; `readEvent` follows it. */
export interface DeliveredReference extends DeliveryAttributes {
  /** A URI. */
  dataref: string;
}

/** An event as `deliver` hands it over. */
export type Delivered<Data = unknown> = DeliveredWhole<Data> | DeliveredBytes | DeliveredReference;
