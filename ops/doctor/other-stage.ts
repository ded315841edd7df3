import { StackNotDeployedError } from '../errors.ts';
import { readSecret } from '../secrets/labels.ts';
import { connectDeployed, type DeployedSettings } from '../stage/deployed.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, skipped, warning } from './check.ts';
import { cyberdeskOf } from './secrets.ts';

const OTHER: Record<string, string> = { dev: 'prod', prod: 'dev' };

/**
 * Whether dev and prod hear the same runs: Svix sends each event to every endpoint of an organisation, and both
 * would act on it, each with keys of its own.
 *
 * @param connect for tests
 */
export async function checkOtherStage(
  stage: Stage,
  settings: DeployedSettings,
  connect: (settings: DeployedSettings) => Promise<Stage> = connectDeployed,
): Promise<Finding> {
  const name = OTHER[stage.name];
  if (name === undefined) return skipped('other-stage', 'only dev and prod are compared');
  let other: Stage;
  try {
    other = await connect({ ...settings, stage: name });
  } catch (error) {
    if (!(error instanceof StackNotDeployedError)) throw error;
    return skipped('other-stage', `${name} is not in this account and region, so it was not compared`);
  }
  if (!(await readSecret(other, other.outputs.signingSecret))) {
    return ok('other-stage', `${name} has no signing secret, so it hears nothing`);
  }
  const same = await isSameOrganisation(stage, other);
  if (same === undefined)
    return skipped('other-stage', `cannot tell whether ${name} hears the same organisation`);
  if (!same) return ok('other-stage', `${name} belongs to another organisation`);
  return warning(
    'other-stage',
    `${name} hears the same organisation: both stages act on the same event`,
    'let dev have an organisation of its own, or give its rules workflow ids that only dev uses; or remove one endpoint at Cyberdesk',
  );
}

/** A run that both keys can see belongs to one organisation. */
async function isSameOrganisation(stage: Stage, other: Stage): Promise<boolean | undefined> {
  const [here, there] = await Promise.all([cyberdeskOf(stage), cyberdeskOf(other)]);
  if (!here || !there) return undefined;
  const { data } = await here.runs.list({ limit: 1, fields: [] });
  const run = data?.items[0];
  if (!run) return undefined;
  const seen = await there.runs.get(run.id);
  if (!seen.error) return true;
  return seen.error.status === 404 || seen.error.status === 403 ? false : undefined;
}
