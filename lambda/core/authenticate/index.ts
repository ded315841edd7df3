export { allowList } from './allow-list.ts';
export { authenticate } from './authenticate.ts';
export { OriginSecret, OriginSecretError } from './origin-secret.ts';
export { refusalOf } from './refusal.ts';
export { isSigningSecret, KEY_BYTES, type SecretFault, secretFault } from './secret-form.ts';
export { type SecretCondition, SigningSecretCache } from './signing-secret.ts';
export { deliveryHeaders } from './verify-signature.ts';
export { viewerAddress } from './viewer-address.ts';
