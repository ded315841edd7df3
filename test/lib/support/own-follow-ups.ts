import { followUps, notify } from '../../../lambda/rules/index.ts';

/** A customer's own rules. */
export default followUps({ name: 'own-rule', actions: () => notify('A run ended') });
