import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { EXIT, type ExitCode } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { showResult } from '../cli/show.ts';
import { isUuid } from '../cli/values.ts';
import { BadArgumentError } from '../errors.ts';
import { ask, askForOne } from '../reconcile/cyberdesk.ts';
import { commandLine } from '../stage/command-line.ts';
import { requireCyberdesk } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { nameOf, runningIds, sendsWebhooks } from './read.ts';

/** Field names are part of `--json`. */
interface Enabled {
  workflow_id: string;
  name?: string | undefined;
  outcome: 'enabled' | 'unchanged';
}

export const enableCommand = auditedVerb({
  name: 'enable',
  description: 'lets workflows send webhooks (is_webhooks_enabled), which is off in a new one',
  examples: ['workflows enable 1f6d…', 'workflows enable next --stage prod --yes'],
  confirms: true,
  options: (command) =>
    command.argument('<workflow...>', 'ids of workflows, or what the stage settings call them'),
  run: enable,
});

async function enable(call: AuditedCall): Promise<ExitCode> {
  const { io, stage, args } = call;
  const client = await requireCyberdesk(stage);
  // All are looked up before the first is changed.
  const found = await Promise.all((await idsOf(stage, args)).map((id) => find(stage, client, id)));
  const silent = found.filter((workflow) => !sendsWebhooks(workflow));
  if (silent.length > 0) {
    await confirmChange(call, `lets ${plural(silent.length, 'workflow')} send webhooks`);
    await call.onRecord(
      silent.map(({ id }) => id).join(', '),
      async (audited) => {
        for (const { id } of silent)
          await ask(audited, () => client.workflows.update(id, { is_webhooks_enabled: true }));
      },
      () => `${plural(silent.length, 'workflow')} enabled`,
    );
  }
  const workflows = found.map(
    (workflow): Enabled => ({
      workflow_id: workflow.id,
      name: nameOf(workflow),
      outcome: silent.includes(workflow) ? 'enabled' : 'unchanged',
    }),
  );
  showResult(call, { workflows }, () => {
    for (const { workflow_id, name = 'workflow', outcome } of workflows) {
      const state = outcome === 'enabled' ? 'sends webhooks from now on' : 'already sends webhooks';
      io.out(`${name} (${workflow_id}) ${state}\n`);
    }
  });
  return EXIT.ok;
}

/** @throws BadArgumentError */
async function idsOf(stage: Stage, given: readonly string[]): Promise<string[]> {
  const named = given.every(isUuid) ? {} : await runningIds(stage);
  const ids = given.map((word) => {
    const id = isUuid(word) ? word : named[word];
    if (id !== undefined) return id;
    throw new BadArgumentError(`the settings of stage "${stage.name}" call no workflow "${word}"`, {
      next: `name one that "${commandLine(stage.target, ['workflows', 'list'])}" shows`,
    });
  });
  return [...new Set(ids)];
}

/** @throws BadArgumentError if Cyberdesk does not have it */
async function find(stage: Stage, client: CyberdeskClient, id: string): Promise<WorkflowResponse> {
  const workflow = await askForOne(stage, id, () => client.workflows.get(id));
  if (workflow !== undefined) return workflow;
  throw new BadArgumentError(`Cyberdesk has no workflow ${id}`, {
    next: `name one that "${commandLine(stage.target, ['workflows', 'list'])}" shows`,
  });
}
