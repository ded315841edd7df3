export { allowList } from './allow-list.ts';
export { authenticate } from './authenticate.ts';
export { isSigningSecret, SigningSecretCache } from './signing-secret.ts';
export { deliveryHeaders } from './verify-signature.ts';
