import { supported } from '../errors.ts';
import type { StackPlace, Template } from './cloudformation.ts';
import { list, record } from './properties.ts';

/** What `Ref` and `Fn::GetAtt` of a resource return; they depend on the resource type and the emulator. */
export interface ResourceValues {
  ref(logicalId: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

/** Evaluates the intrinsic functions of CloudFormation that synthesized templates use. */
export class Intrinsics {
  readonly #template: Template;
  readonly #values: ResourceValues;
  readonly #pseudoParameters: Readonly<Record<string, unknown>>;
  /** Each gets its argument unresolved. */
  readonly #functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => this.#ref(String(name)),
    // Only the name of a condition counts; `{ "Condition": { … } }` is a block of a policy statement.
    Condition: (name) =>
      typeof name === 'string' ? this.condition(name) : { Condition: this.resolve(name) },
    'Fn::GetAtt': (argument) => this.#getAtt(argument),
    'Fn::Sub': (argument) => this.#sub(argument),
    'Fn::Join': (argument) => {
      const [separator, parts] = list(argument);
      return this.#list(parts).join(String(separator));
    },
    'Fn::Select': (argument) => {
      const [index, values] = list(argument);
      return this.#list(values)[Number(this.resolve(index))];
    },
    'Fn::Split': (argument) => {
      const [separator, text] = list(argument);
      return String(this.resolve(text)).split(String(separator));
    },
    'Fn::Base64': (text) => Buffer.from(String(this.resolve(text))).toString('base64'),
    'Fn::FindInMap': (argument) => {
      const [map, first, second] = this.#list(argument).map(String);
      return this.resolve(this.#template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? '']);
    },
    'Fn::If': (argument) => {
      const [condition, whenTrue, whenFalse] = list(argument);
      return this.resolve(this.condition(String(condition)) ? whenTrue : whenFalse);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = this.#list(argument);
      return String(left) === String(right);
    },
    'Fn::Not': (argument) => this.#list(argument)[0] !== true,
    'Fn::And': (argument) => this.#list(argument).every((condition) => condition === true),
    'Fn::Or': (argument) => this.#list(argument).some((condition) => condition === true),
  };

  constructor(template: Template, place: StackPlace, values: ResourceValues) {
    this.#template = template;
    this.#values = values;
    const { account, region, partition, stackName } = place;
    this.#pseudoParameters = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': partition,
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-4000-8000-000000000000`,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::NotificationARNs': [],
      'AWS::NoValue': undefined,
    };
  }

  /**
   * The value with every intrinsic function replaced. Properties that resolve to `AWS::NoValue` are left out.
   * @throws UnsupportedTemplateError for an unknown function, or a parameter without a value
   */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return this.#list(value);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [name, argument] = entries.length === 1 ? (entries[0] ?? []) : [];
    if (name !== undefined && /^(Ref|Condition|Fn::.*)$/.test(name)) return this.#call(name, argument);
    const resolved = entries.map(([key, entry]) => [key, this.resolve(entry)] as const);
    return Object.fromEntries(resolved.filter(([, entry]) => entry !== undefined));
  }

  condition(name: string): boolean {
    const condition = this.#template.Conditions?.[name];
    const feature = `the condition ${name}, which is not defined`;
    return this.resolve(supported(condition, feature, 'define it in the template')) === true;
  }

  #list(value: unknown): unknown[] {
    const resolved = Array.isArray(value) ? value.map((entry) => this.resolve(entry)) : this.resolve(value);
    return list(resolved).filter((entry) => entry !== undefined);
  }

  #call(name: string, argument: unknown): unknown {
    const next = 'replace it in lib/, or add it to local/template/intrinsics.ts';
    return supported(this.#functions[name], name, next)(argument);
  }

  #ref(name: string): unknown {
    if (Object.hasOwn(this.#pseudoParameters, name)) return this.#pseudoParameters[name];
    const parameter = this.#template.Parameters?.[name];
    if (!parameter) return this.#values.ref(name);
    const feature = `the parameter ${name}, which has no default`;
    return supported(parameter.Default, feature, 'give it a default in lib/');
  }

  #getAtt(argument: unknown): unknown {
    if (typeof argument === 'string') return this.#attribute(argument);
    const [logicalId, attribute] = list(argument);
    return this.#values.getAtt(String(logicalId), String(this.resolve(attribute)));
  }

  /** @param path `<logical id>.<attribute>`; the attribute may have dots itself */
  #attribute(path: string): unknown {
    const dot = path.indexOf('.');
    return this.#values.getAtt(path.slice(0, dot), path.slice(dot + 1));
  }

  #sub(argument: unknown): string {
    const [text, given] = list(argument);
    const variables = record(given);
    return String(text).replace(/\$\{([^}]+)\}/g, (whole, inner: string) => {
      if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
      const name = inner.trim();
      if (Object.hasOwn(variables, name)) return String(this.resolve(variables[name]));
      const found = name.includes('.') ? this.#attribute(name) : this.#ref(name);
      return found === undefined ? whole : String(found);
    });
  }
}
