import { DAY, MINUTE } from '../../lambda/core/model/index.ts';

/** Minutes in an average month. */
export const MONTH_MINUTES = (365 / 12) * (DAY / MINUTE);
