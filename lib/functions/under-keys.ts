/**
 * Limits a statement to items whose partition keys match one of these patterns. Without the second condition, a call
 * that names no key would pass the first: of no values, all match.
 */
export const underKeys = (...patterns: string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});
