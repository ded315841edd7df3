/** What two descriptions of Cyberdesk's API are compared by: the vendor's package and our OpenAPI file. */
export interface Api {
  readonly version: string;
  readonly models: Readonly<Record<string, Fields>>;
  readonly enumerations: Readonly<Record<string, readonly string[]>>;
  /** By method and path: `GET /v1/runs/{run_id}`. */
  readonly operations: Readonly<Record<string, Operation>>;
}

export type Fields = Readonly<Record<string, Shape>>;

/** A field or a parameter. */
export interface Shape {
  /** Members of the union: `string`, `uuid`, `null`, `list of uuid`, or the name of a model. */
  readonly types: readonly string[];
  readonly optional: boolean;
}

export interface Operation {
  readonly query: Fields;
  readonly headers: readonly string[];
  /** Models of the body; none if there is no body. */
  readonly body: readonly string[];
  /** The model of each status; null for what is not JSON. */
  readonly responses: Readonly<Record<string, string | null>>;
}

/** A value of another type in place of each one. */
export const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
