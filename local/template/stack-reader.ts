import { supported, UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template, TemplateResource } from './cloudformation.ts';
import { Intrinsics, type ResourceValues } from './intrinsics.ts';
import { LeftOut } from './left-out.ts';
import type { Named } from './model.ts';
import { type Properties, record } from './properties.ts';
import {
  EMULATED_TYPES,
  IDLE_TYPES,
  LEFT_OUT,
  type NamedResource,
  nameOf,
  type ResourceType,
  standIn,
} from './resource-types.ts';

/** A resource whose properties hold no more intrinsic functions. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Last distinctive part of the construct path in lower case, e.g. `verifier`; the logical id without one. */
  readonly label: string;
  readonly properties: Properties;
  /** Whether the customer has made it, in `infrastructure.ts`. */
  readonly isOwn: boolean;
}

/** Reads a template: names its resources, resolves their properties, and finds types that it does not know. */
export class StackReader implements ResourceValues {
  readonly template: Template;
  readonly place: StackPlace;
  /** `http://127.0.0.1:<port>`, where the emulators answer; queue URLs start with it. */
  readonly awsUrl: string;
  readonly #intrinsics: Intrinsics;
  readonly #overrides = new Map<string, Properties>();
  readonly leftOut: LeftOut;

  /**
   * @throws UnsupportedTemplateError when the product has a resource of an unknown type
   */
  constructor(template: Template, place: StackPlace, awsUrl: string) {
    this.template = template;
    this.place = place;
    this.awsUrl = awsUrl;
    this.leftOut = new LeftOut(template, place);
    this.#intrinsics = new Intrinsics(template, place, this);
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      if (this.#exists(resource)) this.leftOut.orRead(logicalId, () => this.#typeOf(logicalId));
    }
  }

  /** Another emulator has named a resource itself: `Ref` under the key `Ref`, attributes under their names. */
  override(logicalId: string, values: Properties): void {
    this.#overrides.set(logicalId, values);
  }

  /** Every resource of these types whose condition holds, resolved, in the template's order. */
  all(...types: readonly string[]): ResolvedResource[] {
    return this.read(types, (resource) => resource);
  }

  /**
   * The same, as `read` makes them.
   * @throws UnsupportedTemplateError if it does for a resource of the product; one of the customer's is left out
   */
  read<T>(types: readonly string[], read: (resource: ResolvedResource) => T): T[] {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => types.includes(resource.Type) && this.#exists(resource))
      .filter(([logicalId]) => !this.leftOut.has(logicalId))
      .flatMap(([logicalId, resource]) =>
        this.leftOut.orRead(logicalId, () =>
          read({
            logicalId,
            type: resource.Type,
            label: labelOf(logicalId, resource),
            properties: record(this.#intrinsics.resolve(resource.Properties)),
            isOwn: this.leftOut.isOwn(logicalId),
          }),
        ),
      );
  }

  /** The outputs by name; whoever needs one says so if it is missing. */
  outputs(): Record<string, string> {
    const outputs = Object.entries(this.template.Outputs ?? {}).filter(([, output]) => this.#exists(output));
    return Object.fromEntries(
      outputs.flatMap(([name, { Value }]) => {
        try {
          return [[name, String(this.#intrinsics.resolve(Value))]];
        } catch (error) {
          if (error instanceof UnsupportedTemplateError) return [];
          throw error;
        }
      }),
    );
  }

  ref(logicalId: string): unknown {
    return this.#overrides.get(logicalId)?.Ref ?? this.#typeOf(logicalId).ref(this.#named(logicalId));
  }

  getAtt(logicalId: string, attribute: string): unknown {
    const overridden = this.#overrides.get(logicalId)?.[attribute];
    if (overridden !== undefined) return overridden;
    const { Type = '' } = this.template.Resources[logicalId] ?? {};
    const known = this.#typeOf(logicalId).attributes?.[attribute];
    const value = known ?? (this.leftOut.isOwn(logicalId) ? standIn(Type, attribute) : undefined);
    const feature = `the attribute ${attribute} of ${Type} (${logicalId})`;
    return supported(value, feature, 'add it to local/template/resource-types.ts')(this.#named(logicalId));
  }

  /** @param arn where it is not the attribute `Arn` */
  named({ logicalId, label }: ResolvedResource, arn = this.getAtt(logicalId, 'Arn')): Named {
    const ownPath = this.leftOut.ownPathOf(logicalId);
    return {
      logicalId,
      label,
      name: this.#named(logicalId).name,
      arn: String(arn),
      ...(ownPath && { ownPath }),
    };
  }

  #named(logicalId: string): NamedResource {
    const properties = this.template.Resources[logicalId]?.Properties ?? {};
    const property = (name: string) => String(this.#intrinsics.resolve(properties[name]));
    const resource = { ...this.place, logicalId, awsUrl: this.awsUrl, property };
    const type = this.#typeOf(logicalId);
    const isNamed = type.nameProperty !== undefined && properties[type.nameProperty] !== undefined;
    const isFifo = properties.FifoQueue === true || properties.FifoTopic === true;
    return {
      ...resource,
      name: isNamed ? property(type.nameProperty) : nameOf({ ...resource, isFifo }, type),
    };
  }

  #typeOf(logicalId: string): ResourceType {
    const { Type } = supported(
      this.template.Resources[logicalId],
      `a reference to ${logicalId}, which the template does not define`,
      'refer to a resource of this stack',
    );
    const type = EMULATED_TYPES[Type] ?? IDLE_TYPES[Type];
    if (type === undefined && this.leftOut.has(logicalId)) return LEFT_OUT;
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
