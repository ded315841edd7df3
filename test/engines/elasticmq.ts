import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Server, ServerError, startServer } from './server.ts';

const POM = fileURLToPath(new URL('pom.xml', import.meta.url));

/**
 * Starts ElasticMQ with SQS's limits on this machine only. Maven brings it, once for each version of the POM, and
 * compares checksums.
 * @throws ServerError
 */
export async function startElasticMq(): Promise<Server> {
  const settings = (port: number) => [
    '-Drest-sqs.bind-hostname=127.0.0.1',
    `-Drest-sqs.bind-port=${port}`,
    '-Drest-sqs.sqs-limits=strict',
    '-Drest-stats.enabled=false',
    `-Dnode-address.port=${port}`,
  ];
  const classPath = `${libraries()}/*`;
  return startServer(
    (port) => [
      'java',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      classPath,
      ...settings(port),
      'org.elasticmq.server.Main',
    ],
    '/health',
  );
}

/** The folder of ElasticMQ's libraries. */
function libraries(): string {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = fileURLToPath(new URL(`../../node_modules/.cache/engines/${version}`, import.meta.url));
  if (existsSync(folder)) return folder;
  const options = ['--batch-mode', '--quiet', '--strict-checksums', '--file', POM];
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}.part`];
  const { status } = spawnSync('mvn', [...options, ...goal], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new ServerError('mvn did not bring ElasticMQ');
  renameSync(`${folder}.part`, folder);
  return folder;
}
