/** Stands for the customer's file, which is known where their function is bundled. */
export const handler: unknown = undefined;
