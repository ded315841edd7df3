type OptionalKey<T> = {
  [Key in keyof T]-?: Record<never, never> extends Pick<T, Key> ? Key : never;
}[keyof T];

/** Fields that may be left out may be undefined, too: such a key is not written. */
type Given<T> = { [Key in Exclude<keyof T, OptionalKey<T>>]: T[Key] } & {
  [Key in OptionalKey<T>]?: T[Key] | undefined;
};

/** The schema of a workflow's inputs has the sensitive ones under names that begin with `$`. */
type Plain<Input> = { [Key in keyof Input as Key extends `$${string}` ? never : Key]: Input[Key] };
type Sensitive<Input, Reference> = {
  [Key in keyof Input as Key extends `$${infer Name}` ? Name : never]: Input[Key] | Reference;
};

/** The inputs of a run whose workflow is known, as `input_values`; of a union, those of each. */
export type GivenInputs<Input> = Input extends unknown ? Given<Plain<Input>> : never;

/** A field that may be left out if nothing in it is needed. */
type Field<Name extends string, Value> =
  Record<never, never> extends Value ? { [Key in Name]?: Value | null } : { [Key in Name]: Value };

/**
 * The inputs in the body of a call. `Filled` are names that are filled in later, `Reference` is what may stand for a secret.
 *
 * @internal
 */
export type InputFields<Input, Filled extends string, Reference> = Field<
  'input_values',
  Given<Omit<Plain<Input>, Filled>>
> &
  Field<'sensitive_input_values', Given<Sensitive<Input, Reference>>>;
