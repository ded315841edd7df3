/**
 * Why an event is where it is: a closed list, shown to people and carried by dead-letter messages.
 * Never response text, never payload.
 */
export type Reason =
  // ignored: authentic, stored, starts nothing
  | 'unknown_event_type'
  | 'not_terminal'
  | 'unknown_status'
  | 'svix_ping'
  | 'verification'
  // unprocessable: authentic, kept, a person looks
  | 'not_json'
  | 'missing_fields'
  // failed: definite refusals, planned afresh by a redrive
  | 'rule_threw'
  | 'no_run'
  | 'reference_misplaced'
  | 'too_deep'
  | 'depth_exceeded'
  | 'too_many_actions'
  | 'refused'
  | 'secret_not_allowed'
  | 'secret_missing'
  | 'destination_missing'
  | 'attachment_missing'
  | 'attachment_too_large'
  | 'body_lost'
  // failed: a redrive keeps plan and key
  | 'outcome_unknown'
  | 'exhausted'
  | 'crashed'
  | 'restored'
  // dead-letter messages without an event of ours
  | 'garbage'
  | 'event_missing';

/** Why a message waits, for the log: a closed list, and never stored. */
export type WaitReason =
  // calls to Cyberdesk are paused
  | 'paused'
  // a later release has written what this one cannot read
  | 'later_release'
  // other workers were faster, several times in a row
  | 'lost_race'
  // another worker has the completion, or had it when it died
  | 'leased'
  // it was received before the time that an earlier try has set
  | 'not_due'
  // the invocation has too little time left
  | 'no_time'
  // Cyberdesk did not say when the run ended
  | 'no_answer'
  // an action has failed and will be tried again
  | 'retry'
  // only the list of runs can show whether a call took effect
  | 'in_doubt';

/** Nothing took effect and nothing ever will as it stands: a redrive asks today's rules again. */
const DEFINITE = new Set<Reason>([
  'rule_threw',
  'no_run',
  'reference_misplaced',
  'too_deep',
  'depth_exceeded',
  'too_many_actions',
  'refused',
  'secret_not_allowed',
  'secret_missing',
  'destination_missing',
  'attachment_missing',
  'attachment_too_large',
  'body_lost',
]);

export const isDefinite = (reason: Reason): boolean => DEFINITE.has(reason);
