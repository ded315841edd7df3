import type { ExactNumber } from '../json/exact-number.ts';

/** A value that JSON can hold, unlike a reference to a secret or to attachments. */
export type Json = string | number | ExactNumber | boolean | null | readonly Json[] | JsonObject;

/** An object that JSON can hold; a key whose value is undefined is left out. */
export type JsonObject = { readonly [key: string]: Json | undefined };
