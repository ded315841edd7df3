type Dictionary<T = unknown> = Readonly<Record<string, T>>;

/** The parts of a CloudFormation template that the local run reads. */
export interface Template {
  readonly Parameters?: Dictionary<{ readonly Type?: string; readonly Default?: unknown }>;
  readonly Mappings?: Dictionary<Dictionary<Dictionary>>;
  readonly Conditions?: Dictionary;
  readonly Resources: Dictionary<TemplateResource>;
  readonly Outputs?: Dictionary<{ readonly Value: unknown; readonly Condition?: string }>;
}

/** One resource as written in the template, intrinsic functions unresolved. */
export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Dictionary;
  readonly Metadata?: Dictionary;
}

export interface StackPlace {
  /** Stack name, e.g. `CyberdeskWebhooks-dev`. */
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}
