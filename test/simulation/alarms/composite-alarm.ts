import { SECOND } from '../../../lambda/core/model/time.ts';
import type { Resource } from '../../lib/support/synth.ts';
import { parse } from './expression.ts';
import type { State } from './metric-alarm.ts';

/** Text of a rule with logical ids in place of ARNs, as an expression over these. */
const ruleOf = (rule: { 'Fn::Join': [string, (string | { 'Fn::GetAtt': [string] })[]] }): string =>
  rule['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt'][0]))
    .join('')
    .replace(/ALARM\("(\w+)"\)/g, '$1');

/**
 * A composite alarm as it stands in a template. When it goes to ALARM it waits for its suppressor, and then acts, once; while
 * the suppressor is in ALARM, and for a time after that, it does not.
 */
export class CompositeAlarm {
  state: State = 'OK';
  /** What keeps it from acting at present. */
  suppressedBy: 'WaitPeriod' | 'Alarm' | 'ExtensionPeriod' | undefined;
  readonly #properties: Resource['Properties'];
  readonly #rule: ReturnType<typeof parse>;
  readonly #stateOf: (logicalId: string) => State;
  #until = 0;

  constructor({ Properties }: Resource, stateOf: (logicalId: string) => State) {
    this.#properties = Properties;
    this.#rule = parse(ruleOf(Properties.AlarmRule));
    this.#stateOf = stateOf;
  }

  /** At a full minute, after the alarms that it reads. True if it acts now. */
  evaluate(now: number): boolean {
    const before = this.state;
    const holds = this.#rule({ read: (id) => Number(this.#stateOf(id) === 'ALARM'), fills: () => false });
    this.state = holds ? 'ALARM' : 'OK';
    if (this.state === 'OK') {
      this.suppressedBy = undefined;
      return false;
    }
    const { ActionsSuppressor, ActionsSuppressorWaitPeriod = 0 } = this.#properties;
    if (!ActionsSuppressor) return before === 'OK';
    if (before === 'OK') {
      this.suppressedBy = 'WaitPeriod';
      this.#until = now + ActionsSuppressorWaitPeriod * SECOND;
    }
    return this.#suppress(now, this.#stateOf(ActionsSuppressor['Fn::GetAtt'][0]));
  }

  #suppress(now: number, suppressor: State): boolean {
    if (this.suppressedBy === undefined) return false;
    if (suppressor === 'ALARM') {
      this.suppressedBy = 'Alarm';
      return false;
    }
    if (this.suppressedBy === 'Alarm') {
      this.suppressedBy = 'ExtensionPeriod';
      this.#until = now + this.#properties.ActionsSuppressorExtensionPeriod * SECOND;
    }
    if (now < this.#until) return false;
    this.suppressedBy = undefined;
    return true;
  }
}
