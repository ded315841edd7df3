/** Why a value cannot be an API key. */
export type ApiKeyFault = 'json' | 'quoted' | 'signing_secret' | 'unprintable';

/** What can be sent in a header. */
export const HEADER_VALUE = /^[\x21-\x7e]+$/;

/**
 * What is wrong with a value that was stored or entered as an API key; undefined if it may be one. It must be trimmed. Whatever may
 * be sent is shown to Cyberdesk: whoever reads a signing secret there could forge webhooks.
 */
export function apiKeyFault(value: string): ApiKeyFault | undefined {
  if (/^[{[]/.test(value)) return 'json';
  if (/^["'`‘’“”]|["'`‘’“”]$/.test(value)) return 'quoted';
  if (/^wh(sec|sk|pk)_/.test(value)) return 'signing_secret';
  return HEADER_VALUE.test(value) ? undefined : 'unprintable';
}
