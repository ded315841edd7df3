import { HOUR, type RunSnapshot } from '../../../lambda/core/model/index.ts';
import { isTerminal } from '../../../lambda/cyberdesk/run-status.ts';
import { canonicalJson } from '../../../lambda/json/write.ts';
import type { ModelRun } from '../model/cyberdesk.ts';
import type { Echo } from '../model/echoes.ts';
import type { Plant, PortsOfOne } from '../world-parts.ts';
import { type KnownMistake, understanding } from './plant.ts';

/** Changes of inputs that a mistaken installation takes for another run's, and rules that send such inputs. */
const CHANGES: [Echo, readonly string[]][] = [
  ['as null', ['start', 'chain']],
  ['as null', ['correlated', 'correlated-chain']],
  ['as an empty object', ['start', 'correlated', 'chain']],
  ['as text', ['start', 'correlated']],
  ['under other names', ['start']],
  ['without what is blank', ['odd']],
  ['with defaults for what is blank', ['odd']],
  ['with null for what is blank', ['odd']],
  ['with other line endings', ['odd']],
  ['with texts cut off', ['odd']],
  ['with texts crossed out', ['odd']],
  ['with a note for texts', ['odd']],
  ['with texts in capitals', ['odd']],
  ['with texts escaped as in JSON', ['odd']],
  ['with texts escaped as in URLs', ['odd']],
  ['with rounded numbers', ['odd']],
  ['with numbers as text', ['start', 'several']],
  ['with numbers grouped', ['odd']],
  ['without the key', ['correlated']],
  ['with the key as null', ['correlated']],
  ['with the key masked', ['correlated']],
  ['with the key cut off', ['correlated-chain']],
  ['with the key in quotes', ['correlated']],
  ['with something behind the key', ['correlated']],
  ['with the key in capitals', ['correlated']],
];

type Ports = NonNullable<Plant['ports']>;

const finding =
  (
    change: (runs: RunSnapshot[], truth: (run: RunSnapshot) => ModelRun | undefined) => RunSnapshot[],
  ): Ports =>
  (ports, world) => {
    const truth = ({ id }: RunSnapshot) => world.api.runs.get(id);
    const findRuns: PortsOfOne['cyberdesk']['findRuns'] = async (...args) => {
      const found = await ports.cyberdesk.findRuns(...args);
      if (found.kind === 'failed') return found;
      return { ...found, value: { ...found.value, runs: change(found.value.runs, truth) } };
    };
    return { ...ports, cyberdesk: { ...ports.cyberdesk, findRuns } };
  };

const exactly: Ports = finding((runs, truth) =>
  runs.filter(
    (run) => canonicalJson(run.input_values ?? null) === canonicalJson(truth(run)?.input_values ?? null),
  ),
);

const inTime: Ports = finding((runs, truth) =>
  runs.filter(
    (run) => Math.abs(Date.parse(run.created_at) - Date.parse(truth(run)?.created_at ?? '')) < HOUR,
  ),
);

/** Before any completion, so that a run seems to have ended as it had. */
const LONG_AGO = new Date(0).toISOString();

const reading = (change: (run: RunSnapshot) => RunSnapshot): Ports =>
  understanding((got) => (got.kind === 'failed' ? got : { ...got, value: change(got.value) }));

/** Mistakes about an API that shows less of a run than it was sent, or something else. */
export const ECHO_PLANTS: Record<string, KnownMistake> = {
  ...Object.fromEntries(
    CHANGES.map(([echo, rules]): [string, KnownMistake] => [
      `takes a run of ${rules.join(' or ')} whose inputs are shown ${echo} for another one`,
      { broken: /took effect \d times/, rules, plant: { manners: { echo }, ports: exactly } },
    ]),
  ),

  'leaves out runs whose workflow is not shown': {
    broken: /took effect \d times/,
    rules: ['start', 'chain'],
    plant: { manners: { hidden: { field: 'workflow_id', as: undefined } }, ports: finding(() => []) },
  },

  'leaves out runs whose workflow is shown as a number': {
    broken: /took effect \d times/,
    rules: ['start', 'chain'],
    plant: { manners: { hidden: { field: 'workflow_id', as: 7 } }, ports: finding(() => []) },
  },

  ...Object.fromEntries(
    [-2 * HOUR, 2 * HOUR].map((keyedShift): [string, KnownMistake] => [
      `takes a run with its own key that is shown as created ${keyedShift / HOUR} h later for another one`,
      {
        broken: /took effect \d times/,
        rules: ['correlated', 'correlated-chain'],
        plant: { manners: { keyedShift }, ports: inTime },
      },
    ]),
  ),

  ...Object.fromEntries(
    (['id', 'everything'] as const).map((field): [string, KnownMistake] => [
      `takes a list for an empty one that shows null for ${field} of its runs`,
      {
        broken: /took effect \d times/,
        rules: ['start', 'chain'],
        plant: {
          manners: { hidden: { field, as: null } },
          ports: (ports) => ({
            ...ports,
            cyberdesk: {
              ...ports.cyberdesk,
              findRuns: async (...args) => {
                const found = await ports.cyberdesk.findRuns(...args);
                return found.kind === 'failed' && found.incomplete
                  ? { kind: 'answered', value: { runs: [] } }
                  : found;
              },
            },
          }),
        },
      },
    ]),
  ),

  'takes a chain for started whose answer lacks a run': {
    broken: /the result of chain lacks/,
    rules: ['chain'],
    plant: {
      manners: { ids: 'fewer' },
      ports: (ports) => ({
        ...ports,
        cyberdesk: {
          ...ports.cyberdesk,
          createChain: async (...args) => {
            const created = await ports.cyberdesk.createChain(...args);
            const isUnreadable = created.kind === 'failed' && created.status === undefined;
            return isUnreadable ? { kind: 'answered', value: { runIds: [] } } : created;
          },
        },
      }),
    },
  },

  ...Object.fromEntries(
    [undefined, 'timed_out'].map((as): [string, KnownMistake] => [
      `takes a run whose status is shown as ${as} for one that was retried`,
      {
        broken: /counts as retried, and was not/,
        rules: ['retry'],
        plant: {
          manners: { withheld: { field: 'status', as } },
          ports: reading((run) => (isTerminal(run.status) ? run : { ...run, status: 'running' })),
        },
      },
    ]),
  ),

  ...Object.fromEntries(
    [null, undefined, 1_800_000_000_000].map((as): [string, KnownMistake] => [
      `takes a run whose end is shown as ${as} for one that was never retried`,
      {
        broken: /took effect 2 times/,
        rules: ['retry'],
        plant: {
          manners: { withheld: { field: 'ended_at', as } },
          ports: reading((run) => (isTerminal(run.status) ? { ...run, ended_at: LONG_AGO } : run)),
        },
      },
    ]),
  ),
};
