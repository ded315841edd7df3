/** A setting cannot be used; the message is one line that names stage and setting. */
export class SettingsError extends Error {
  override name = 'SettingsError';

  constructor(stage: string, setting: string, problem: string) {
    super(`stage "${stage}": ${setting}: ${problem}`);
  }
}
