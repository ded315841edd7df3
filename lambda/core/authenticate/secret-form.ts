import { Webhook } from 'svix';

/** Only a value of this form is ever used as a key, whatever else the secret holds (a placeholder, a note, JSON). */
const FORM = /^whsec_[A-Za-z0-9+/]+={0,2}$/;
const PREFIX = 'whsec_';

/** The lengths that Svix gives its keys and accepts for them, in bytes. */
export const KEY_BYTES = { least: 24, most: 75 } as const;

/** Whether the verifier can use a value as a key. It must be trimmed. */
export function isSigningSecret(value: string): boolean {
  if (!FORM.test(value)) return false;
  try {
    new Webhook(value);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a value that was meant to be a signing secret. */
export type SecretFault =
  | 'blank'
  | 'json'
  | 'quoted'
  | 'asymmetric'
  | 'no_prefix'
  | 'url_safe'
  | 'truncated'
  | 'too_short'
  | 'too_long'
  | 'other';

/**
 * Why a value should not be entered as a signing secret; undefined if it may. This is stricter than
 * `isSigningSecret`: the verifier also uses keys of other lengths, which may be in use since an earlier release.
 */
export function secretFault(value: string): SecretFault | undefined {
  const text = value.trim();
  if (text === '') return 'blank';
  if (/^[{[]/.test(text)) return 'json';
  if (/^["'`‘’“”]|["'`‘’“”]$/.test(text)) return 'quoted';
  if (/^wh(sk|pk)_/.test(text)) return 'asymmetric';
  if (/^[A-Za-z0-9+/_-]{32,100}={0,2}$/.test(text) && !/^whsec/i.test(text)) return 'no_prefix';
  if (/^whsec_[A-Za-z0-9+/_-]*[_-][A-Za-z0-9+/_-]*={0,2}$/.test(text)) return 'url_safe';
  if (!FORM.test(text)) return 'other';
  const bytes = keyBytes(text);
  if (bytes < KEY_BYTES.least) return 'too_short';
  if (bytes > KEY_BYTES.most) return 'too_long';
  return (text.length - PREFIX.length) % 4 === 0 ? undefined : 'truncated';
}

/** Whether a usable key is shorter or longer than the keys that Svix makes. */
export function hasOddLength(secret: string): boolean {
  const bytes = keyBytes(secret);
  return bytes < KEY_BYTES.least || bytes > KEY_BYTES.most;
}

const keyBytes = (secret: string): number => Buffer.from(secret.slice(PREFIX.length), 'base64').byteLength;
