/** Path of the endpoint, the same under every host name. */
export const WEBHOOK_PATH = '/webhooks/cyberdesk';
