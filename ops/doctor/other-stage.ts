import { isDeniedByApi, isUnknownToApi } from '../../lambda/cyberdesk/answer-class.ts';
import { StackNotDeployedError } from '../errors.ts';
import { cyberdeskOf, readSecret } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { UnknownStageError } from '../stage/unknown-stage.ts';
import { type Finding, ok, skipped, warning } from './check.ts';

const OTHER: Record<string, string> = { dev: 'prod', prod: 'dev' };

/** Svix sends each event to every endpoint of an organisation, so dev and prod may both act on it. */
export async function checkOtherStage(
  stage: Stage,
  connect: (stage: string) => Promise<Stage>,
): Promise<Finding> {
  const name = OTHER[stage.name];
  if (name === undefined) return skipped('other-stage', 'only dev and prod are compared');
  let other: Stage;
  try {
    other = await connect(name);
  } catch (error) {
    if (!(error instanceof StackNotDeployedError || error instanceof UnknownStageError)) throw error;
    return skipped('other-stage', `${name} is not in this account and region, so it was not compared`);
  }
  if ((await readSecret(other, other.outputs.signingSecret)) === undefined)
    return ok('other-stage', `${name} has no signing secret, so it accepts no events`);
  const same = await isSameOrganisation(stage, other);
  if (same === undefined)
    return skipped('other-stage', `it is not known whether ${name} belongs to the same organisation`);
  if (!same) return ok('other-stage', `${name} belongs to another organisation`);
  return warning(
    'other-stage',
    `${name} belongs to the same organisation: both stages act on the same events, and after a lost response one may adopt an equal run that the other has started`,
    'give dev its own organisation, or use workflow ids in its rules that only dev has; name an input with correlate in its rules; or remove one endpoint at Cyberdesk',
  );
}

/** One key, or a run that both keys can read, belongs to one organisation. */
async function isSameOrganisation(stage: Stage, other: Stage): Promise<boolean | undefined> {
  const keyOf = (one: Stage) => readSecret(one, one.outputs.apiKeySecret);
  const [ours, theirs] = await Promise.all([keyOf(stage), keyOf(other)]);
  if (ours !== undefined && ours.trim() === theirs?.trim()) return true;
  const [here, there] = await Promise.all([cyberdeskOf(stage), cyberdeskOf(other)]);
  if (!here || !there) return undefined;
  const { data } = await here.runs.list({ limit: 1, fields: [] });
  const run = data?.items[0];
  if (!run) return undefined;
  const { error } = await there.runs.get(run.id);
  if (!error) return true;
  return isUnknownToApi(error) || (error.status === 403 && isDeniedByApi(error)) ? false : undefined;
}
