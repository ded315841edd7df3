import { supported } from '../errors.ts';
import type { StackPlace, Template, TemplateResource } from './cloudformation.ts';
import { Intrinsics, type ResourceValues } from './intrinsics.ts';
import type { Named } from './model.ts';
import { type Properties, record } from './properties.ts';
import {
  EMULATED_TYPES,
  IDLE_TYPES,
  type NamedResource,
  nameOf,
  type ResourceType,
} from './resource-types.ts';

/** A resource whose properties hold no more intrinsic functions. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Last distinctive part of the construct path in lower case, e.g. `verifier`; the logical id without one. */
  readonly label: string;
  readonly properties: Properties;
}

/** Reads a template: names its resources, resolves their properties, and rejects types that it does not know. */
export class StackReader implements ResourceValues {
  readonly template: Template;
  readonly place: StackPlace;
  /** `http://127.0.0.1:<port>`, where the emulators answer; queue URLs start with it. */
  readonly awsUrl: string;
  readonly #intrinsics: Intrinsics;
  readonly #overrides = new Map<string, Properties>();

  /**
   * @throws UnsupportedTemplateError when the template has a resource of an unknown type
   */
  constructor(template: Template, place: StackPlace, awsUrl: string) {
    this.template = template;
    this.place = place;
    this.awsUrl = awsUrl;
    this.#intrinsics = new Intrinsics(template, place, this);
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      if (this.#exists(resource)) this.#typeOf(logicalId);
    }
  }

  /** Another emulator has named a resource itself: `Ref` under the key `Ref`, attributes under their names. */
  override(logicalId: string, values: Properties): void {
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
        properties: record(this.#intrinsics.resolve(resource.Properties)),
      }));
  }

  outputs(): Record<string, string> {
    const outputs = Object.entries(this.template.Outputs ?? {});
    return Object.fromEntries(
      outputs
        .filter(([, output]) => this.#exists(output))
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
    const feature = `the attribute ${attribute} of ${this.template.Resources[logicalId]?.Type} (${logicalId})`;
    return supported(value, feature, 'add it to local/template/resource-types.ts')(this.#named(logicalId));
  }

  /** @param arn where it is not the attribute `Arn` */
  named({ logicalId, label }: ResolvedResource, arn = this.getAtt(logicalId, 'Arn')): Named {
    return { logicalId, label, name: this.#named(logicalId).name, arn: String(arn) };
  }

  #named(logicalId: string): NamedResource {
    const properties = this.template.Resources[logicalId]?.Properties ?? {};
    const property = (name: string) => String(this.#intrinsics.resolve(properties[name]));
    const resource = { ...this.place, logicalId, awsUrl: this.awsUrl, property };
    const type = this.#typeOf(logicalId);
    const isNamed = type.nameProperty !== undefined && properties[type.nameProperty] !== undefined;
    return { ...resource, name: isNamed ? property(type.nameProperty) : nameOf(resource, type) };
  }

  #typeOf(logicalId: string): ResourceType {
    const { Type } = supported(
      this.template.Resources[logicalId],
      `a reference to ${logicalId}, which the template does not define`,
      'refer to a resource of this stack',
    );
    const type = EMULATED_TYPES[Type] ?? IDLE_TYPES[Type];
    const next = 'if a local run can do without it, add it to IDLE_TYPES in local/template/resource-types.ts';
    return supported(type, `the resource type ${Type} (${logicalId})`, next);
  }

  #exists({ Condition }: Pick<TemplateResource, 'Condition'>): boolean {
    return Condition === undefined || this.#intrinsics.condition(Condition);
  }
}

/** Parts of construct paths that distinguish nothing. */
const GENERIC = /^(Resource|Default|Function|Handler|Secret|Table|Schedule|Rule)$/;

function labelOf(logicalId: string, resource: TemplateResource): string {
  const path = resource.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return logicalId;
  const distinctive = path.split('/').filter((part) => !GENERIC.test(part));
  return (distinctive.at(-1) ?? logicalId).toLowerCase();
}
