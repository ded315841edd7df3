/** Minutes in an average month. */
export const MONTH_MINUTES = (365 / 12) * 24 * 60;
