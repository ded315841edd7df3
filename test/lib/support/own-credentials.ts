import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { followUps, notify } from '../../../lambda/rules/index.ts';

/** Code of a customer's that finds its own credentials: as rules, and as a handler. */
export const handler = async (): Promise<string> => (await defaultProvider()()).accessKeyId;

export default followUps({ name: 'own-rule', actions: () => notify(handler.name) });
