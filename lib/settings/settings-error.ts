/** A setting or prop cannot be used. The message is one line that names the stage and the setting. */
export class SettingsError extends Error {
  override name = 'SettingsError';

  /** Without a `stage`, the message names the setting only. */
  constructor(stage: string | undefined, setting: string, problem: string) {
    super(`${stage === undefined ? '' : `stage "${stage}": `}${setting}: ${problem}`);
  }
}
