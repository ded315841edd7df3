import { RECEIVER_ID } from '../../lib/receiver-id.ts';
import { UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template } from './cloudformation.ts';

/**
 * What a local run does not support. If the product has it, that ends the run, which would not be what is deployed. If the
 * customer has added it, the run goes on without it: their rules can be tried beside a bucket that exists in AWS only.
 */
export class LeftOut {
  readonly #resources: Template['Resources'];
  readonly #productPath: string;
  readonly #features = new Map<string, string>();

  constructor({ Resources }: Template, { stackName }: StackPlace) {
    this.#resources = Resources;
    this.#productPath = `${stackName}/${RECEIVER_ID}/`;
  }

  /** What is left out, as in `the resource type AWS::S3::Bucket (Reports)`. */
  get features(): readonly string[] {
    return [...new Set(this.#features.values())];
  }

  has(logicalId: string): boolean {
    return this.#features.has(logicalId);
  }

  /** Whether the customer has added a resource: its construct stands beside the product's. */
  isOwn(logicalId: string): boolean {
    return this.ownPathOf(logicalId) !== undefined;
  }

  /** Where the construct of a resource is that the customer has added. */
  ownPathOf(logicalId: string): string | undefined {
    const path = this.#resources[logicalId]?.Metadata?.['aws:cdk:path'];
    if (typeof path !== 'string' || path.startsWith(this.#productPath)) return undefined;
    return path.replace(/\/(Resource|Default)$/, '');
  }

  /**
   * What is read of a resource, in a list that is empty if the resource is left out.
   * @throws UnsupportedTemplateError if the product has what is not supported
   */
  orRead<T>(logicalId: string, read: () => T): T[] {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof UnsupportedTemplateError) || !this.isOwn(logicalId)) throw error;
      this.#features.set(logicalId, error.feature);
      return [];
    }
  }
}
