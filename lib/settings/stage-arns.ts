import type { StageSettings } from './stage-settings.ts';

/** A setting by its path, and the ARN that it names; `create` for a key that the stack creates. */
export type NamedArn = readonly [setting: string, arn: string];

/** What the settings of a stage name by ARN, all of which the stack can use in its own region only. */
export function arnsOf(settings: StageSettings): NamedArn[] {
  const { domain, sensitiveSecretArns = [], sensitiveSecretKeyArns = [] } = settings;
  const { destinations = {}, encryptionKey = 'create', previousEncryptionKeys = [] } = settings;
  return [
    ...(domain ? [['domain.certificateArn', domain.certificateArn] as const] : []),
    ...sensitiveSecretArns.map((arn, index) => [`sensitiveSecretArns.${index}`, arn] as const),
    ...sensitiveSecretKeyArns.map((arn, index) => [`sensitiveSecretKeyArns.${index}`, arn] as const),
    ['encryptionKey', encryptionKey],
    ...previousEncryptionKeys.map((key, index) => [`previousEncryptionKeys.${index}`, key] as const),
    ...Object.entries(destinations).flatMap(([name, destination]) =>
      Object.entries(destination)
        .filter(([key]) => key !== 'handler')
        .map(([key, arn]) => [`destinations.${name}.${key}`, String(arn)] as const),
    ),
  ];
}
