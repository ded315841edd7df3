/** A value that JSON can hold. References to secrets and attachments are none. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object that JSON can hold; a key whose value is undefined is left out. */
export type JsonObject = { readonly [key: string]: Json | undefined };
