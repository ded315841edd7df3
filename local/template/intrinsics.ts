import { UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template } from './cloudformation.ts';

/** What `Ref` and `Fn::GetAtt` of a resource give; they differ by resource type and emulator. */
export interface ResourceValues {
  ref(logicalId: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

type Node = Record<string, unknown>;

/** Evaluates CloudFormation's intrinsic functions as far as synthesized templates use them. */
export class Intrinsics {
  readonly #template: Template;
  readonly #place: StackPlace;
  readonly #values: ResourceValues;

  constructor(template: Template, place: StackPlace, values: ResourceValues) {
    this.#template = template;
    this.#place = place;
    this.#values = values;
  }

  /**
   * The value with every intrinsic function replaced. Properties that resolve to `AWS::NoValue` vanish.
   * @throws UnsupportedTemplateError for a function or parameter that is not known here
   */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((entry) => this.resolve(entry)).filter((entry) => entry !== undefined);
    }
    if (value === null || typeof value !== 'object') return value;
    const node = value as Node;
    const keys = Object.keys(node);
    const only = keys.length === 1 ? (keys[0] as string) : undefined;
    if (only === 'Ref' || only === 'Condition' || only?.startsWith('Fn::'))
      return this.#call(only, node[only]);
    const entries = keys.map((key) => [key, this.resolve(node[key])] as const);
    return Object.fromEntries(entries.filter(([, resolved]) => resolved !== undefined));
  }

  /** Whether a named condition of the template holds. */
  condition(name: string): boolean {
    const condition = this.#template.Conditions?.[name];
    if (condition === undefined) {
      throw new UnsupportedTemplateError(`the condition ${name}`, 'define it in the template.');
    }
    return this.resolve(condition) === true;
  }

  #call(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Condition':
        // Only a condition's own name stands alone; `{ "Condition": { … } }` is a policy statement's block.
        return typeof argument === 'string'
          ? this.condition(argument)
          : { Condition: this.resolve(argument) };
      case 'Fn::GetAtt':
        return this.#getAtt(argument);
      case 'Fn::Sub':
        return this.#sub(argument);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return (this.resolve(parts) as unknown[]).map(String).join(separator);
      }
      case 'Fn::Select': {
        const [index, list] = argument as [unknown, unknown];
        return (this.resolve(list) as unknown[])[Number(this.resolve(index))];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(this.resolve(text)).split(separator);
      }
      case 'Fn::Base64':
        return Buffer.from(String(this.resolve(argument))).toString('base64');
      case 'Fn::FindInMap': {
        const [map, first, second] = this.resolve(argument) as [string, string, string];
        return this.resolve(this.#template.Mappings?.[map]?.[first]?.[second]);
      }
      case 'Fn::If': {
        const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
        return this.resolve(this.condition(condition) ? whenTrue : whenFalse);
      }
      case 'Fn::Equals': {
        const [left, right] = this.resolve(argument) as [unknown, unknown];
        return String(left) === String(right);
      }
      case 'Fn::Not':
        return (this.resolve(argument) as unknown[])[0] !== true;
      case 'Fn::And':
        return (this.resolve(argument) as unknown[]).every((entry) => entry === true);
      case 'Fn::Or':
        return (this.resolve(argument) as unknown[]).some((entry) => entry === true);
      default:
        throw new UnsupportedTemplateError(
          name,
          'replace it in lib/, or teach it to local/template/intrinsics.ts.',
        );
    }
  }

  #ref(name: string): unknown {
    switch (name) {
      case 'AWS::AccountId':
        return this.#place.account;
      case 'AWS::Region':
        return this.#place.region;
      case 'AWS::Partition':
        return this.#place.partition;
      case 'AWS::StackName':
        return this.#place.stackName;
      case 'AWS::StackId':
        return `arn:${this.#place.partition}:cloudformation:${this.#place.region}:${this.#place.account}:stack/${this.#place.stackName}/00000000-0000-4000-8000-000000000000`;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return undefined;
    }
    const parameter = this.#template.Parameters?.[name];
    if (parameter) {
      if (parameter.Default !== undefined) return parameter.Default;
      throw new UnsupportedTemplateError(`a value for the parameter ${name}`, 'give it a default in lib/.');
    }
    return this.#values.ref(name);
  }

  #getAtt(argument: unknown): unknown {
    if (typeof argument === 'string') {
      const dot = argument.indexOf('.');
      return this.#values.getAtt(argument.slice(0, dot), argument.slice(dot + 1));
    }
    const [logicalId, attribute] = argument as [string, unknown];
    return this.#values.getAtt(logicalId, String(this.resolve(attribute)));
  }

  #sub(argument: unknown): string {
    const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Node];
    return text.replace(/\$\{([^}]+)\}/g, (whole, inner: string) => {
      if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
      const name = inner.trim();
      if (Object.hasOwn(variables, name)) return String(this.resolve(variables[name]));
      const dot = name.indexOf('.');
      const found = dot < 0 ? this.#ref(name) : this.#values.getAtt(name.slice(0, dot), name.slice(dot + 1));
      return found === undefined ? whole : String(found);
    });
  }
}
