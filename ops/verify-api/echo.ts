import { resemblance } from '../../lambda/core/plan/index.ts';
import type { Finding } from './kept.ts';
import type { Observed } from './try-api.ts';

const check = 'echo';
const CORRELATE =
  'name an input of the workflow with correlate in startRun or startChain, which a lookup then compares';

/** Whether a run's inputs come back as they were sent, which is how a lookup recognises it. Names only, no values. */
export function compareEcho({ sent, correlate, listed }: Observed): Finding {
  if (!listed) return { check, state: 'not_tried', text: 'the run was not listed' };
  if (Object.keys(sent).length === 0) {
    const text = 'no inputs were sent: give --correlate, or --inputs';
    return { check, state: 'not_tried', text };
  }
  const { input_values: shown } = listed;
  if (shown === undefined) {
    const text = 'input_values are missing in GET /v1/runs: no run can be recognised';
    return { check, state: 'weak', text, next: 'after a lost response a person decides; ask Cyberdesk' };
  }
  const given = shown ?? {};
  const changes = changesOf(sent, given).join('; ');
  const marked = correlate !== undefined && given[correlate] === sent[correlate];
  const note = marked ? `; ${correlate} comes back, so correlate works` : '';
  switch (resemblance(sent, given)) {
    case 'equal':
      return { check, state: 'holds', text: `input_values come back as they were sent${note}` };
    case 'similar': {
      const text = `input_values come back with differences that a lookup leaves to a person: ${changes}${note}`;
      return { check, state: 'weak', text, next: CORRELATE };
    }
    case 'different': {
      const text = `input_values come back changed, so a lookup does not recognise a run: ${changes}${note}`;
      return { check, state: 'broken', text, next: CORRELATE };
    }
  }
}

type Inputs = Readonly<Record<string, unknown>>;

/** What is different, by the names of the inputs. */
function changesOf(sent: Inputs, shown: Inputs): string[] {
  const names = Object.keys(sent);
  const lost = names.filter((name) => !Object.hasOwn(shown, name));
  const kept = names.filter((name) => Object.hasOwn(shown, name));
  const like = (wanted: string) => kept.filter((name) => resemblance(sent[name], shown[name]) === wanted);
  const respelled = like('similar');
  const isNumber = (name: string) => typeof sent[name] === 'number';
  const found: [string, string[]][] = [
    ['defaults added', Object.keys(shown).filter((name) => !Object.hasOwn(sent, name))],
    ['nulls dropped', lost.filter((name) => sent[name] === null)],
    ['missing', lost.filter((name) => sent[name] !== null)],
    ['numbers spelled differently', respelled.filter(isNumber)],
    ['spelled differently', respelled.filter((name) => !isNumber(name))],
    ['changed', like('different')],
  ];
  return found.flatMap(([what, which]) => (which.length > 0 ? [`${what} (${which.join(', ')})`] : []));
}
