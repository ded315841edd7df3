import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import type { Template } from '../lib/support/synth.ts';

/** Logical id → physical id. */
export type Physical = ReadonlyMap<string, string>;

/** A stack at CloudFormation. */
export class Deployment {
  readonly #client: CloudFormationClient;
  readonly #name: string;

  constructor(endpoint: string, name: string) {
    const credentials = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' };
    this.#client = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
    this.#name = name;
  }

  async create(template: Template): Promise<Physical> {
    await this.#client.send(new CreateStackCommand(this.#input(template)));
    await waitUntilStackCreateComplete(this.#waiter, { StackName: this.#name });
    return this.#resources();
  }

  async update(template: Template): Promise<Physical> {
    await this.#client.send(new UpdateStackCommand(this.#input(template)));
    await waitUntilStackUpdateComplete(this.#waiter, { StackName: this.#name });
    return this.#resources();
  }

  async delete(): Promise<void> {
    const { Stacks } = await this.#client.send(new DescribeStacksCommand({ StackName: this.#name }));
    await this.#client.send(new DeleteStackCommand({ StackName: this.#name }));
    await waitUntilStackDeleteComplete(this.#waiter, { StackName: Stacks?.[0]?.StackId ?? this.#name });
  }

  get #waiter() {
    return { client: this.#client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  }

  #input(template: Template) {
    return {
      StackName: this.#name,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_IAM' as const],
    };
  }

  async #resources(): Promise<Physical> {
    const { StackResourceSummaries = [] } = await this.#client.send(
      new ListStackResourcesCommand({ StackName: this.#name }),
    );
    return new Map(
      StackResourceSummaries.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  }
}
