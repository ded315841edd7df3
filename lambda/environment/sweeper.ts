import { commonFields } from './common.ts';

/** Environment of the sweeper. */
export const sweeperEnvironment = commonFields;
