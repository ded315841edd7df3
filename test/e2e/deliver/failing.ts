/** Fails, and quotes the payload while it does: nothing of it may get out. */
export const handler = async (delivered: unknown): Promise<void> => {
  throw new Error(`cannot read ${JSON.stringify(delivered)}`);
};
