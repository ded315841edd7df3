export { allowList } from './allow-list.ts';
export { type Authentication, authenticate } from './authenticate.ts';
export { isSigningSecret, SigningSecretCache, type SigningSecretSettings } from './signing-secret.ts';
export { deliveryHeaders } from './verify-signature.ts';
