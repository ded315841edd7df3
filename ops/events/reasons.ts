import type { Reason } from '../../lambda/core/model/index.ts';

/** Each reason code in words, with what a person does about it. */
const WORDS: Record<Reason, string> = {
  unknown_event_type: 'its event type is not run_complete; kept, starts nothing',
  not_terminal: 'its run has not ended (portal test events say "scheduling"); kept, starts nothing',
  unknown_status:
    'its status is not known to this release; kept, starts nothing. Update this project if Cyberdesk has a new status',
  svix_ping: 'a test message of Svix itself, not about a run; kept, starts nothing',
  not_json: 'its body is not JSON; look at the transformation in the Svix portal',
  missing_fields:
    'it lacks run.id, run.workflow_id or run.status; look at the transformation in the Svix portal',
  reference_misplaced:
    'secret() stands outside the sensitive inputs, or outputAttachments() outside the file inputs; mend follow-ups.ts, deploy, redrive',
  too_deep:
    'what a rule asked for is nested too deeply, usually a value copied from the run; pass on less of it in follow-ups.ts, deploy, redrive',
  rule_threw: 'a rule threw an error; mend follow-ups.ts, deploy, redrive',
  depth_exceeded: 'too many follow-ups in a row (maxFollowUpDepth); look for rules that follow each other',
  refused: "Cyberdesk refused the call; mend the rule's workflow id or inputs, deploy, redrive",
  secret_not_allowed: 'a rule names a secret outside sensitiveSecretArns; add it, deploy, redrive',
  secret_missing: 'a secret that a rule names has no value; set it, redrive',
  attachment_missing: 'an attachment to hand on is gone from Cyberdesk',
  attachment_too_large: 'an attachment to hand on is too large',
  body_lost: 'its stored body is not complete',
  outcome_unknown:
    'nobody can say whether the run was started; look for it at Cyberdesk before you redrive (a redrive looks first, too)',
  exhausted: 'Cyberdesk could not be reached for a day of tries; redrive when it is back',
  crashed: 'five workers died on it; look at the logs of the processor, redrive',
  garbage: 'this message is not one of ours',
  event_missing: 'its event is not in the table any more',
};

/** All of them. */
export const REASONS: readonly string[] = Object.keys(WORDS);

/** A reason code in words; an unknown one as it is. */
export const explainReason = (reason: string): string =>
  reason in WORDS ? `${reason}: ${WORDS[reason as Reason]}` : reason;
