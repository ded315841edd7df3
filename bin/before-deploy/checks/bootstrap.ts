import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { type Finding, info, ok, problem } from '../../../ops/doctor/check.ts';
import type { Place } from '../place.ts';

/** The oldest bootstrap that the templates accept. */
const OLDEST = 6;

/** Services without which nothing works, by the names that AWS publishes them under. */
const SERVICES = ['apigateway', 'dynamodb', 'kms', 'lambda', 'secretsmanager', 'sns', 'sqs'];

/** Whether the account is prepared for CDK, and the region has what the stack consists of. One call: ten parameters at most. */
export async function checkBootstrap({ more, account, region, qualifier }: Place): Promise<Finding[]> {
  const version = `/cdk-bootstrap/${qualifier}/version`;
  const nameOf = (service: string) =>
    `/aws/service/global-infrastructure/regions/${region}/services/${service}`;
  const { Parameters = [] } = await more.ssm.send(
    new GetParametersCommand({ Names: [version, ...SERVICES.map(nameOf)] }),
  );
  const found = new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
  const missing = SERVICES.filter((service) => !found.has(nameOf(service)));
  return [
    bootstrapFinding(found.get(version), { account, region, qualifier }),
    ...(missing.length === SERVICES.length
      ? [info('region', `AWS publishes no list of services of ${region}`)]
      : missing.map((service) =>
          problem('region', `${region} does not offer ${service}`, 'choose another region'),
        )),
  ];
}

function bootstrapFinding(
  version: string | undefined,
  { account, region, qualifier }: Pick<Place, 'account' | 'region' | 'qualifier'>,
): Finding {
  const custom = qualifier === 'hnb659fds' ? '' : ` --qualifier ${qualifier}`;
  const next = `npx cdk bootstrap aws://${account}/${region}${custom}`;
  if (version === undefined)
    return problem('bootstrap', `account ${account} is not prepared for CDK in ${region}`, next);
  if (Number(version) >= OLDEST) return ok('bootstrap', `version ${version}`);
  return problem('bootstrap', `the bootstrap of ${region} has version ${version}; ${OLDEST} is needed`, next);
}
