/** A setting cannot be used; the message is one line that names stage and setting. */
export class SettingsError extends Error {
  override name = 'SettingsError';

  /** `stage` is undefined where there is none to name. */
  constructor(stage: string | undefined, setting: string, problem: string) {
    super(`${stage === undefined ? '' : `stage "${stage}": `}${setting}: ${problem}`);
  }
}
