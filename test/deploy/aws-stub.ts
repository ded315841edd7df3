import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describeXml } from './ec2-stub.ts';
import { network } from './network-account.ts';
import { ACCOUNT, BOOTSTRAP, REGION, SERVICES, STACK, STACK_ID, serviceName } from './support.ts';

interface StubStack {
  status: string;
  isProtected: boolean;
}

interface StubTable {
  items: number;
  isProtected: boolean;
}

/** What there is in one region. */
interface Region {
  stack: StubStack | undefined;
  tables: Map<string, StubTable>;
}

/** An account over HTTP that answers what `cdk deploy` and `npm run deploy` ask, in the words of AWS. */
export class AwsStub {
  /** Operations in their order. */
  readonly calls: string[] = [];
  readonly #regions = new Map<string, Region>();
  /** Regions that were called, by the signatures; who one is can be asked anywhere. */
  readonly called = new Set<string>();
  logGroups: string[] = [];
  network = network();
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const { status = 200, type = 'application/json', body } = this.#answer(request, await text(request));
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }

  /** A call reaches only what is in the region that it is signed for. */
  in(name: string): Region {
    const region = this.#regions.get(name) ?? { stack: undefined, tables: new Map() };
    this.#regions.set(name, region);
    return region;
  }

  get stack(): StubStack | undefined {
    return this.in(REGION).stack;
  }

  set stack(stack: StubStack | undefined) {
    this.in(REGION).stack = stack;
  }

  get tables(): Map<string, StubTable> {
    return this.in(REGION).tables;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** As after a creation that failed: the table stays, as it is protected. */
  failCreation(table: string): void {
    this.calls.length = 0;
    this.called.clear();
    this.#regions.clear();
    this.stack = { status: 'ROLLBACK_COMPLETE', isProtected: true };
    this.tables.set(table, { items: 0, isProtected: true });
  }

  #answer({ headers, method, url = '' }: IncomingMessage, body: string): Answer {
    const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)/.exec(headers.authorization ?? '');
    const [, signed = REGION, service = ''] = scope ?? [];
    if (service !== 'sts') this.called.add(signed);
    const region = this.in(signed);
    const [, target] = String(headers['x-amz-target'] ?? '').split('.');
    if (target !== undefined) {
      this.calls.push(target);
      return json(this.#byTarget(region, target, JSON.parse(body || '{}')));
    }
    const { pathname, searchParams } = new URL(url, 'http://aws');
    if (pathname.endsWith('/account-settings')) return json({ AccountLimit: { ConcurrentExecutions: 1000 } });
    const form = new URLSearchParams(body);
    const action = form.get('Action');
    if (action === null) return this.#s3(method, searchParams);
    this.calls.push(action);
    return this.#query(region, action, form);
  }

  #byTarget({ tables }: Region, operation: string, input: Record<string, string>): unknown {
    const name = input.TableName ?? '';
    const table = tables.get(name);
    switch (operation) {
      case 'GetParameter':
        return { Parameter: { Name: input.Name, Value: '28', Type: 'String' } };
      case 'GetParameters':
        return {
          Parameters: [BOOTSTRAP, ...SERVICES.map(serviceName)].map((Name) => ({ Name, Value: '28' })),
        };
      case 'ListTables':
        return { TableNames: [...tables.keys()] };
      case 'ListTagsOfResource':
        return { Tags: [{ Key: 'aws:cloudformation:stack-name', Value: STACK }] };
      case 'Scan':
        return { Count: table?.items ?? 0, Items: [] };
      case 'DescribeLogGroups':
        return { logGroups: this.logGroups.map((logGroupName) => ({ logGroupName })) };
      case 'UpdateTable':
        if (table) table.isProtected = false;
        return {};
      case 'DeleteTable':
        if (table?.isProtected === false) tables.delete(name);
        return {};
      default:
        return {};
    }
  }

  /** A stack that is gone can be asked for by its id only. */
  #describeStacks(region: Region, name: string): Answer {
    const gone = name === STACK_ID ? { status: 'DELETE_COMPLETE', isProtected: false } : undefined;
    const stack = region.stack ?? gone;
    return stack ? result('DescribeStacks', `<Stacks>${stackXml(stack)}</Stacks>`) : notThere();
  }

  /** Every object is there already, so nothing is uploaded. */
  #s3(method: string | undefined, query: URLSearchParams): Answer {
    if (method !== 'GET') return { body: '' };
    const key = query.get('prefix') ?? '';
    return xml(
      `<ListBucketResult><Name>assets</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>${key}</Key><Size>1</Size></Contents></ListBucketResult>`,
    );
  }

  #query(region: Region, action: string, form: URLSearchParams): Answer {
    const described = describeXml(action, this.network);
    if (described !== undefined) return xml(described);
    switch (action) {
      case 'GetCallerIdentity':
        return result(action, `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/me</Arn>`);
      case 'AssumeRole':
        return result(
          action,
          '<Credentials><AccessKeyId>AKIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
        );
      case 'DescribeStacks':
        return this.#describeStacks(region, form.get('StackName') ?? '');
      case 'UpdateTerminationProtection':
        if (region.stack) region.stack.isProtected = form.get('EnableTerminationProtection') === 'true';
        this.calls.push(`protected: ${form.get('EnableTerminationProtection')}`);
        return result(action, `<StackId>${STACK_ID}</StackId>`);
      case 'DeleteStack':
        if (region.stack?.isProtected)
          return invalid(`Stack [${STACK}] cannot be deleted while TerminationProtection is enabled`);
        region.stack = undefined;
        return result(action, '');
      case 'CreateChangeSet':
        region.stack = { status: 'REVIEW_IN_PROGRESS', isProtected: false };
        return result(action, `<Id>${CHANGE_SET}</Id><StackId>${STACK_ID}</StackId>`);
      case 'DescribeChangeSet':
        return result(
          action,
          `<ChangeSetName>cdk-deploy-change-set</ChangeSetName><ChangeSetId>${CHANGE_SET}</ChangeSetId><StackId>${STACK_ID}</StackId><StackName>${STACK}</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type><ResourceChange><Action>Add</Action><LogicalResourceId>A</LogicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType></ResourceChange></member></Changes>`,
        );
      case 'ExecuteChangeSet':
        if (region.stack) region.stack.status = 'CREATE_COMPLETE';
        return result(action, '');
      case 'DescribeStackEvents':
        return result(action, `<StackEvents>${FAILED_EVENT}</StackEvents>`);
      case 'GetTemplate':
        return region.stack ? result(action, '<TemplateBody>{}</TemplateBody>') : notThere();
      default:
        return result(action, '');
    }
  }
}

interface Answer {
  status?: number;
  type?: string;
  body: string;
}

const CHANGE_SET = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:changeSet/cdk-deploy-change-set/1`;

const FAILED_EVENT = `<member><EventId>1</EventId><StackId>${STACK_ID}</StackId><StackName>${STACK}</StackName><Timestamp>2026-11-29T10:00:00Z</Timestamp><ResourceType>AWS::Lambda::Alias</ResourceType><LogicalResourceId>Live</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>not enough concurrency</ResourceStatusReason></member>`;

const json = (value: unknown): Answer => ({ body: JSON.stringify(value) });

const xml = (body: string, status = 200): Answer => ({ status, type: 'text/xml', body });

const result = (action: string, content: string): Answer =>
  xml(
    `<${action}Response><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
  );

const invalid = (message: string): Answer =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    400,
  );

const notThere = (): Answer => invalid(`Stack with id ${STACK} does not exist`);

const stackXml = ({ status, isProtected }: StubStack): string =>
  `<member><StackId>${STACK_ID}</StackId><StackName>${STACK}</StackName><CreationTime>2026-11-29T10:00:00Z</CreationTime><StackStatus>${status}</StackStatus><EnableTerminationProtection>${isProtected}</EnableTerminationProtection></member>`;
