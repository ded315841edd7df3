export * from './allow-list.ts';
export * from './authenticate.ts';
export * from './signing-secret.ts';
export * from './verify-signature.ts';
