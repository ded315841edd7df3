import { auditCommand } from '../audit/command.ts';
import type { CommandFactory } from '../cli/command.ts';
import { costCommand } from '../cost/command.ts';
import { dlqCommand } from '../dlq/command.ts';
import { doctorCommand } from '../doctor/command.ts';
import { eventsCommand } from '../events/command.ts';
import { logsCommand } from '../logs/command.ts';
import { queuesCommand } from '../queues/command.ts';
import { reconcileCommand } from '../reconcile/command.ts';
import { rulesCommand } from '../rules/command.ts';
import { sendCommand } from '../send/command.ts';
import { workflowsCommand } from '../workflows/command.ts';

/** A verb that an agent may call. */
export interface ToolDescription {
  readonly name: string;
  readonly verb: CommandFactory;
  /** Of a group: the verb in it. */
  readonly word?: string;
  /** For the agent: when to call it, and what to look for in its answer. */
  readonly description: string;
  /** Options that it does not have here: those that name files, never end, or change something. */
  readonly without?: readonly string[];
  /** Options that are always set. */
  readonly always?: readonly string[];
}

/** They change nothing. */
export const READING: readonly ToolDescription[] = [
  {
    name: 'doctor',
    verb: doctorCommand,
    without: ['probe'],
    description:
      'Start here when something is wrong. Checks every part of the stage in the order in which an event travels: endpoint, signing secret, refused deliveries of the last 24 hours, API key, pause, queues, dead letters, alarms. Each finding with the state problem or warning says in "next" what to do. Sends no probe and no e-mail.',
  },
  {
    name: 'events_list',
    verb: eventsCommand,
    word: 'list',
    description:
      'Lists the webhooks that the stage has accepted, newest first, with state and reason. An event that is not there was refused (see doctor) or never sent (see reconcile).',
  },
  {
    name: 'events_show',
    verb: eventsCommand,
    word: 'show',
    without: ['because'],
    description:
      'Why an event did or did not lead to a run: its timeline from arrival to result, which rules matched and which did not, each action with its tries, the HTTP status and field that Cyberdesk refused, what a rule threw and where, and what it waits for. Takes the id of an event or of its run.',
  },
  {
    name: 'dlq_list',
    verb: dlqCommand,
    word: 'list',
    description:
      'Lists the dead letters: events that need a person, with their reason codes. "stuck" ones are not of this service and cannot be redriven; "settled" ones have continued already.',
  },
  {
    name: 'queues',
    verb: queuesCommand,
    description: 'Counts the messages that wait, are in flight, and are dead letters.',
  },
  {
    name: 'logs',
    verb: logsCommand,
    without: ['follow'],
    description:
      'Shows what the functions have logged, of one event or of all, the last hour unless since says otherwise. Lines hold ids, codes and numbers, never values of a payload.',
  },
  {
    name: 'reconcile',
    verb: reconcileCommand,
    without: ['apply', 'rate', 'yes'],
    description:
      'Finds runs that have ended at Cyberdesk and have no event here (verdict "missing"): deliveries that were refused or never sent. Asks Cyberdesk for its runs, and imports nothing.',
  },
  {
    name: 'workflows_list',
    verb: workflowsCommand,
    word: 'list',
    description:
      'Lists the organisation\'s workflows, what the stage settings call them, and whether each sends webhooks: rules see only runs of those that do. Under "missing" are workflows of the settings that Cyberdesk does not have.',
  },
  {
    name: 'audit_list',
    verb: auditCommand,
    word: 'list',
    description:
      'Lists who changed what on the stage and who read payloads, newest first, with outcome and reason: for example who has replayed or settled an event, if you name it.',
  },
  {
    name: 'rules_check',
    verb: rulesCommand,
    word: 'check',
    without: ['rules', 'samples'],
    description:
      'Compares the inputs that the rules of this folder would send with the input schemas of the workflows, for example before a deployment.',
  },
  {
    name: 'rules_diff',
    verb: rulesCommand,
    word: 'diff',
    without: ['rules', 'base'],
    description:
      'What the rules of this folder would do otherwise than the deployed ones after the events of the stage. Starts nothing, and names fields without their values.',
  },
  {
    name: 'cost',
    verb: costCommand,
    without: ['template'],
    description:
      'Estimates what events and an idle month cost in US dollars, from the template of the stage.',
  },
];

/** They change the stage, and a person is asked each time. */
export const CHANGING: readonly ToolDescription[] = [
  {
    name: 'send',
    verb: sendCommand,
    without: ['file', 'yes'],
    description:
      'Sends a signed test event and follows it to its end. With fresh, or without from_event, the rules act on it: it may start runs.',
  },
  {
    name: 'events_replay',
    verb: eventsCommand,
    word: 'replay',
    without: ['yes'],
    description:
      'Processes events again, by id or by filters; nothing is started twice. With replan, the rules of today are asked again for what has no record.',
  },
  {
    name: 'events_settle',
    verb: eventsCommand,
    word: 'settle',
    without: ['yes'],
    description:
      'Records what a person has decided about an action whose outcome is unknown (events_show says which one). Give one of run, start_again, skip. start_again starts a second run if the first attempt was done after all.',
  },
  {
    name: 'dlq_redrive',
    verb: dlqCommand,
    word: 'redrive',
    without: ['yes'],
    description:
      'Sends dead letters back to the queue, which reopens their events. Fix the cause first. With all or filters, those that wait for a decision are left out, as undecided: use events_settle.',
  },
  {
    name: 'dlq_drop',
    verb: dlqCommand,
    word: 'drop',
    without: ['yes'],
    description: 'Deletes messages that can never be redriven, as this service did not send them.',
  },
  {
    name: 'reconcile_apply',
    verb: reconcileCommand,
    without: ['apply', 'yes'],
    always: ['apply'],
    description: 'Imports the runs that reconcile has found missing, and queues them.',
  },
];
