export { allowList } from './allow-list.ts';
export { type Authentication, authenticate } from './authenticate.ts';
export { isSigningSecret, KEY_BYTES, type SecretFault, secretFault } from './secret-form.ts';
export { type SecretCondition, SigningSecretCache, type SigningSecretSettings } from './signing-secret.ts';
export { deliveryHeaders } from './verify-signature.ts';
