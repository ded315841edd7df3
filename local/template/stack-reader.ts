import { UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template, TemplateResource } from './cloudformation.ts';
import { Intrinsics, type ResourceValues } from './intrinsics.ts';
import {
  EMULATED_TYPES,
  IDLE_TYPES,
  type NamedResource,
  type ResourceType,
  stableSuffix,
} from './resource-types.ts';

/** A resource whose properties hold no intrinsic functions any more. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Last meaningful part of the construct path in lower case, e.g. `verifier`; the logical id without path. */
  readonly label: string;
  readonly properties: Record<string, unknown>;
}

/** Reads a template: names its resources, resolves their properties, and refuses types that it does not know. */
export class StackReader implements ResourceValues {
  readonly template: Template;
  readonly place: StackPlace;
  readonly #awsUrl: string;
  readonly #intrinsics: Intrinsics;
  readonly #overrides = new Map<string, Readonly<Record<string, unknown>>>();

  /**
   * @param awsUrl `http://127.0.0.1:<port>` of the emulators' front, the host of queue URLs
   * @throws UnsupportedTemplateError when the template holds a resource type that is not known
   */
  constructor(template: Template, place: StackPlace, awsUrl: string) {
    this.template = template;
    this.place = place;
    this.#awsUrl = awsUrl;
    this.#intrinsics = new Intrinsics(template, place, this);
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      if (this.#exists(resource)) this.#typeOf(logicalId);
    }
  }

  /** Another emulator may name a resource in its own way: `Ref` under the key `Ref`, attributes under theirs. */
  override(logicalId: string, values: Readonly<Record<string, unknown>>): void {
    this.#overrides.set(logicalId, values);
  }

  /** Every resource of these types whose condition holds, resolved, in the template's order. */
  all(...types: readonly string[]): ResolvedResource[] {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => types.includes(resource.Type) && this.#exists(resource))
      .map(([logicalId, resource]) => ({
        logicalId,
        type: resource.Type,
        label: labelOf(logicalId, resource),
        properties: this.#intrinsics.resolve(resource.Properties ?? {}) as Record<string, unknown>,
      }));
  }

  /** The stack's outputs, resolved. */
  outputs(): Record<string, string> {
    const outputs = Object.entries(this.template.Outputs ?? {});
    return Object.fromEntries(
      outputs
        .filter(
          ([, output]) => output.Condition === undefined || this.#intrinsics.condition(output.Condition),
        )
        .map(([name, output]) => [name, String(this.#intrinsics.resolve(output.Value))]),
    );
  }

  ref(logicalId: string): unknown {
    return this.#overrides.get(logicalId)?.Ref ?? this.#typeOf(logicalId).ref(this.#named(logicalId));
  }

  getAtt(logicalId: string, attribute: string): unknown {
    const overridden = this.#overrides.get(logicalId)?.[attribute];
    if (overridden !== undefined) return overridden;
    const value = this.#typeOf(logicalId).attributes?.[attribute];
    if (value) return value(this.#named(logicalId));
    throw new UnsupportedTemplateError(
      `the attribute ${attribute} of ${this.template.Resources[logicalId]?.Type ?? logicalId} (${logicalId})`,
      'add it to local/template/resource-types.ts.',
    );
  }

  /** The physical name of a resource. */
  nameOf(logicalId: string): string {
    return this.#named(logicalId).name;
  }

  #named(logicalId: string): NamedResource {
    const type = this.#typeOf(logicalId);
    const properties = this.template.Resources[logicalId]?.Properties ?? {};
    const own = type.nameProperty === undefined ? undefined : properties[type.nameProperty];
    const property = (name: string) => String(this.#intrinsics.resolve(properties[name]));
    const base = { ...this.place, logicalId, awsUrl: this.#awsUrl, property };
    return {
      ...base,
      name: own === undefined ? generated(base, type) : String(this.#intrinsics.resolve(own)),
    };
  }

  #typeOf(logicalId: string): ResourceType {
    const resource = this.template.Resources[logicalId];
    if (!resource) {
      throw new UnsupportedTemplateError(
        `the logical id ${logicalId}`,
        'the template refers to something it lacks.',
      );
    }
    const type = EMULATED_TYPES[resource.Type] ?? IDLE_TYPES[resource.Type];
    if (type) return type;
    throw new UnsupportedTemplateError(
      `the resource type ${resource.Type} (${logicalId})`,
      'add it to IDLE_TYPES in local/template/resource-types.ts if a local run can do without it.',
    );
  }

  #exists(resource: TemplateResource): boolean {
    return resource.Condition === undefined || this.#intrinsics.condition(resource.Condition);
  }
}

function generated(resource: StackPlace & { logicalId: string }, type: ResourceType): string {
  const suffix = stableSuffix(resource, 12);
  const prefix = type.shortPrefix ? resource.logicalId : `${resource.stackName}-${resource.logicalId}`;
  return `${prefix.slice(0, (type.nameLength ?? 255) - suffix.length - 1)}-${suffix}`;
}

/** Parts of construct paths that tell nothing. */
const GENERIC = new Set([
  'Resource',
  'Default',
  'Function',
  'Handler',
  'Secret',
  'Table',
  'Schedule',
  'Rule',
]);

function labelOf(logicalId: string, resource: TemplateResource): string {
  const path = resource.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return logicalId;
  const telling = path.split('/').filter((part) => !GENERIC.has(part));
  return (telling.at(-1) ?? logicalId).toLowerCase();
}
