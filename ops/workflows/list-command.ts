import { isSameId } from '../../lambda/cyberdesk/printable-id.ts';
import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { hint, showResult, table } from '../cli/show.ts';
import { askForOne } from '../reconcile/cyberdesk.ts';
import { commandLine } from '../stage/command-line.ts';
import { requireCyberdesk } from '../stage/secrets.ts';
import { findNamed, listWorkflows, nameOf, runningIds, sendsWebhooks } from './read.ts';

/** Field names are part of `--json`. */
interface ShownWorkflow {
  workflow_id: string;
  name?: string | undefined;
  /** What the stage settings call it. */
  used_as: string[];
  is_webhooks_enabled: boolean;
  updated_at: string;
}

interface Shown {
  workflows: ShownWorkflow[];
  /** Workflows of the stage settings that Cyberdesk does not have. */
  missing: { used_as: string; workflow_id: string }[];
}

export const listCommand = stageVerb({
  name: 'list',
  description:
    "lists the organisation's workflows, and which of them send webhooks; exit code 1 if one of the stage settings is missing",
  examples: ['workflows list', 'workflows list --stage prod --json'],
  run: list,
});

async function list(call: StageCall): Promise<ExitCode> {
  const shown = await read(call);
  showResult(call, shown, () => showInWords(call, shown));
  return shown.missing.length > 0 ? EXIT.finding : EXIT.ok;
}

async function read({ stage }: StageCall): Promise<Shown> {
  const client = await requireCyberdesk(stage);
  const [listed, ids] = await Promise.all([listWorkflows(stage, client), runningIds(stage)]);
  const { found, missing } = await findNamed(ids, listed, (id) =>
    askForOne(stage, id, () => client.workflows.get(id)),
  );
  const others = found.filter(({ id }) => !listed.some((one) => one.id === id));
  return {
    workflows: [...listed, ...others].map((workflow) => ({
      workflow_id: workflow.id,
      name: nameOf(workflow),
      used_as: Object.keys(ids).filter((name) => isSameId(ids[name], workflow.id)),
      is_webhooks_enabled: sendsWebhooks(workflow),
      updated_at: workflow.updated_at,
    })),
    missing: missing.map(({ name, id }) => ({ used_as: name, workflow_id: id })),
  };
}

function showInWords({ io, stage }: StageCall, { workflows, missing }: Shown): void {
  if (workflows.length === 0) io.out('Cyberdesk lists no workflows for this API key\n');
  else {
    io.out(
      table(io, workflows, [
        { title: 'WORKFLOW', value: ({ workflow_id }) => workflow_id },
        {
          title: 'WEBHOOKS',
          value: ({ is_webhooks_enabled: on }) => (on ? io.style('green', 'on') : io.style('yellow', 'off')),
        },
        { title: 'SETTINGS', value: ({ used_as }) => used_as.join(', ') || '-' },
        { title: 'NAME', value: ({ name = '-' }) => name },
      ]),
    );
  }
  for (const { used_as, workflow_id } of missing)
    io.out(`missing: ${workflow_id}, which the stage settings call "${used_as}"\n`);
  const [silent] = workflows.filter(({ is_webhooks_enabled }) => !is_webhooks_enabled);
  if (silent) {
    const enable = commandLine(stage.target, ['workflows', 'enable', silent.workflow_id]);
    hint(io, `rules see only runs of workflows that send webhooks: switch them on with "${enable}"`);
  }
}
