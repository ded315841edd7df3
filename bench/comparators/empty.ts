/** What Node.js itself costs. */
export const handler = async () => ({ statusCode: 200 });
