import type { EventItem, Reason } from '../../lambda/core/model/index.ts';

/** Each reason code in words, with what a person does about it. */
const WORDS: Record<Reason, string> = {
  unknown_event_type:
    'no rule is about its event type; it is stored and triggers nothing (replay it with --replan once there is a rule)',
  not_terminal:
    'its run has not ended (test events of the Svix portal say "scheduling"); it is stored and triggers nothing',
  unknown_status:
    'this release does not know its status; it is stored and triggers nothing. Update this project if Cyberdesk has a new status',
  svix_ping: "Svix's own test message, not about a run; it is stored and triggers nothing",
  verification: 'its run was started by verify-api, to test the API; it is stored and triggers nothing',
  not_json: 'its body is not JSON; check the transformation in the Svix portal',
  missing_fields:
    'it lacks run.id, run.workflow_id or run.status (of downed_machines: the machines and their ids); check the transformation in the Svix portal',
  reference_misplaced:
    'secret() is used outside the sensitive inputs, or outputAttachments() outside the file inputs; fix follow-ups.ts, deploy, redrive',
  too_deep:
    'a rule asked for something nested too deeply, usually a value copied from the run; pass on less of it in follow-ups.ts, deploy, redrive',
  no_run:
    'a rule asked to retry a run, but the event is not about a run that has ended; fix follow-ups.ts, deploy, redrive',
  rule_threw: 'a rule threw an error or is async; fix follow-ups.ts, deploy, redrive',
  depth_exceeded: 'too many follow-ups in a row (maxFollowUpDepth); look for rules that trigger each other',
  too_many_actions:
    'the rules asked for more than 200 actions at once, or for actions too large to be stored (in one item, or 16 MB in all); split the work, for example into a chain, deploy, redrive',
  refused:
    "Cyberdesk, a destination or SNS refused the call; fix the rule's workflow id or inputs, or the destination, deploy, redrive",
  secret_not_allowed: 'a rule names a secret that is not in sensitiveSecretArns; add it, deploy, redrive',
  secret_missing:
    'a secret that a rule names has no value, or lacks the field; set it (secret set --secret), redrive',
  destination_missing:
    'a rule delivers to a destination that the stage settings do not have; add it to destinations, or fix the name in follow-ups.ts, deploy, redrive',
  attachment_missing: 'an attachment to pass on no longer exists at Cyberdesk',
  attachment_too_large: 'an attachment to pass on is too large',
  body_lost: 'its stored body is incomplete',
  outcome_unknown:
    'it is unknown whether the run was started; look for it at Cyberdesk, then settle the action (a redrive only repeats the lookup)',
  exhausted:
    'Cyberdesk, a destination or SNS could not be reached or failed in a day of retries; redrive once it works again',
  crashed: 'the processor crashed on it five times; check its log, fix, redrive',
  restored:
    'the table was restored, and it may have been done between the two times; a redrive looks for what was started then and starts the rest, or settle the action',
  garbage: 'this message was not sent by this service',
  event_missing: 'its event is no longer in the table',
};

/** What an event is, in words. A body that is not JSON names no type, and is stored with a word for that. */
export const typeInWords = ({ type, reason }: Pick<EventItem, 'type' | 'reason'>): string =>
  reason === 'not_json' ? 'not JSON' : type;

export const REASONS: readonly string[] = Object.keys(WORDS);

const isReason = (reason: string): reason is Reason => Object.hasOwn(WORDS, reason);

/** What a reason code means, and what to do; undefined for an unknown code. */
export const reasonInWords = (reason: string): string | undefined =>
  isReason(reason) ? WORDS[reason] : undefined;

/** A reason code with its meaning; an unknown code as it is. */
export function explainReason(reason: string): string {
  const words = reasonInWords(reason);
  return words === undefined ? reason : `${reason}: ${words}`;
}

/** Advice as it is for a stage: edits of the local run are live at once, so nothing is deployed there. */
export const adviceFor = ({ isLocal }: { isLocal: boolean }, advice: string): string =>
  isLocal ? advice.replaceAll(', deploy, ', ', ') : advice;
