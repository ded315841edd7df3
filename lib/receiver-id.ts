/** Construct id of `CyberdeskWebhooks` in the stack of a stage: paths below it are the product's, others the customer's. */
export const RECEIVER_ID = 'Webhooks';
