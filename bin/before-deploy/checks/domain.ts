import { type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import type { StageDomain } from '../../../lib/settings/stage-settings.ts';
import { type Finding, ok, problem } from '../../../ops/doctor/check.ts';
import { readTemplate, type Template } from '../../../ops/stage/deployed.ts';
import { isAwsError } from '../../../ops/stage/explain.ts';
import type { Place } from '../place.ts';

/** Whether the certificate is for the domain and issued, and the zone is free for its records. */
export async function checkDomain(place: Place, deployed: Template = {}): Promise<Finding[]> {
  const { domain } = place.settings;
  if (!domain) return [];
  const zone = hasRecords(deployed, domain) ? [] : await checkZone(place, domain);
  return [await checkCertificate(place, domain), ...zone];
}

/** The same for a stack that exists, whose own records are not in the way. */
export const checkLaterDomain = async (place: Place): Promise<Finding[]> =>
  place.settings.domain ? checkDomain(place, await readTemplate(place)) : [];

const hasRecords = ({ Resources = {} }: Template, { domainName, hostedZone }: StageDomain): boolean =>
  Object.values(Resources).some(
    ({ Type, Properties: { Name: name, HostedZoneId: zone } = {} }) =>
      Type === 'AWS::Route53::RecordSet' && name === `${domainName}.` && zone === hostedZone?.hostedZoneId,
  );

async function checkCertificate(
  { more }: Place,
  { domainName, certificateArn }: StageDomain,
): Promise<Finding> {
  const command = new DescribeCertificateCommand({ CertificateArn: certificateArn });
  const { Certificate: certificate } = await more.acm.send(command).catch((error: unknown) => {
    if (isAwsError(error, 'ResourceNotFoundException')) return { Certificate: undefined };
    throw error;
  });
  if (!certificate)
    return problem('certificate', `${certificateArn} does not exist`, 'correct domain.certificateArn');
  const { Status: status } = certificate;
  if (status !== 'ISSUED') {
    const next = 'AWS Certificate Manager shows the record that validates it; wait until it is issued';
    return problem('certificate', `${certificateArn} is not issued (${status})`, next);
  }
  if (isFor(certificate, domainName)) return ok('certificate', `issued for ${domainName}`);
  return problem('certificate', `${certificateArn} is not for ${domainName}`, 'request one that is');
}

/** A wildcard stands for one label. */
const isFor = ({ SubjectAlternativeNames = [] }: CertificateDetail, host: string): boolean =>
  [host, host.replace(/^[^.]+/, '*')].some((name) => SubjectAlternativeNames.includes(name));

async function checkZone({ more }: Place, { domainName, hostedZone }: StageDomain): Promise<Finding[]> {
  if (!hostedZone) return [];
  const { hostedZoneId: Id, zoneName } = hostedZone;
  const { HostedZone: zone } = await more.route53
    .send(new GetHostedZoneCommand({ Id }))
    .catch((error: unknown) => {
      if (isAwsError(error, 'NoSuchHostedZone')) return { HostedZone: undefined };
      throw error;
    });
  if (zone?.Name !== `${zoneName}.`) {
    const text = zone ? `${Id} is the zone ${zone.Name}` : `there is no zone ${Id} in this account`;
    return [problem('domain', text, 'correct domain.hostedZone')];
  }
  const { ResourceRecordSets: records = [] } = await more.route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: Id, StartRecordName: domainName, MaxItems: 10 }),
  );
  const taken = records.filter(
    ({ Name, Type = '' }) => Name === `${domainName}.` && ['A', 'AAAA', 'CNAME'].includes(Type),
  );
  return taken.map(({ Type }) =>
    problem(
      'domain',
      `${domainName} has a record already (${Type})`,
      'delete it, or leave domain.hostedZone out',
    ),
  );
}
