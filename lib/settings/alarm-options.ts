/** Who hears of trouble, and from when on. */
export interface AlarmOptions {
  /**
   * E-mail addresses; each must confirm the mail that AWS sends it.
   *
   * @default - none, and a warning that says so
   */
  readonly emails?: readonly string[];
  /**
   * Where your copy of `docs/runbook.md` is read: alarms link to its sections. An http(s) URL of at most 200 characters.
   *
   * @default - alarms name the file and the section, `docs/runbook.md#…`
   */
  readonly runbookUrl?: string;
  /**
   * Age in minutes of the oldest unfinished event, 15 to 10080.
   *
   * @default 60
   */
  readonly oldestEventMinutes?: number;
  /**
   * Answers 5xx of the gateway in 15 minutes. Svix delivers each again.
   *
   * @default 3
   */
  readonly serverErrors?: number;
  /**
   * Requests in 15 minutes that the gateway's throttle turned away. Svix delivers each again.
   *
   * @default 10
   */
  readonly throttledRequests?: number;
  /**
   * Invocations in 5 minutes that ended in an error.
   *
   * @default 1
   */
  readonly functionErrors?: number;
  /**
   * Invocations in 15 minutes that Lambda turned away.
   *
   * @default 10
   */
  readonly functionThrottles?: number;
  /**
   * Deliveries in 15 minutes from outside `sourceIpAllowList`. Without that list there is no such alarm.
   *
   * @default 3
   */
  readonly sourceRejections?: number;
  /**
   * Deliveries in 15 minutes with a bad signature.
   *
   * @default 3
   */
  readonly signatureRejections?: number;
  /**
   * Hours without an accepted event, 1 to 168.
   *
   * @default - off: silence is no alarm
   */
  readonly silenceHours?: number;
}
