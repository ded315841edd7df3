/** The smallest handler that a stage can deliver to. */
export const handler = async (): Promise<void> => {};
