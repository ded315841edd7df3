import type { RehearsedAction } from '../../lambda/core/plan/index.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { parseObject } from '../json.ts';
import type { Stage } from '../stage/stage.ts';
import { findWorkflow, type Workflow, type Workflows } from '../types/read-workflows.ts';
import { type Inputs, inputsOf } from './bodies.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { Sample } from './samples.ts';
import { type InputProblem, type Validate, validatorOf } from './validator.ts';

/**
 * What is wrong with the bodies that a rule makes, with what it names, or with a workflow. Field names are part of
 * `--json`.
 */
export interface RuleProblem {
  /** Absent if the workflow itself cannot be used. */
  rule?: string;
  /** Name in the stage settings, or the id; absent if the rule itself fails. */
  workflow?: string;
  /** The input, as a path. */
  path?: string;
  expected: string;
  /** The first sample with this problem, and how many have it; no sample where it shows without one. */
  sample?: string;
  samples: number;
}

export interface Checked {
  samples: number;
  /** Bodies of calls that were compared with a schema. */
  bodies: number;
  /** Bodies for workflows without an input schema. */
  without_schema: number;
  problems: RuleProblem[];
}

/** What bodies for a workflow are compared with, if there is anything. */
type Comparison = Validate | 'gone' | 'unusable' | undefined;

/** Compares the bodies that rules make with the input schemas of the workflows that they start. */
export class RulesCheck {
  readonly #stage: Stage;
  readonly #client: CyberdeskClient;
  readonly #workflows: Map<string, Workflow>;
  readonly #names: Map<string, string>;
  readonly #comparisons = new Map<string, Promise<Comparison>>();
  readonly #problems = new Map<string, RuleProblem>();
  readonly #counts = { samples: 0, bodies: 0, without_schema: 0 };

  constructor(stage: Stage, client: CyberdeskClient, { found, gone }: Workflows) {
    this.#stage = stage;
    this.#client = client;
    this.#workflows = new Map(found.map((workflow) => [workflow.id, workflow]));
    this.#names = new Map([...found, ...gone].map(({ id, name }) => [id, name]));
    for (const { name } of gone) this.#addWorkflow(name, GONE);
    for (const { id } of gone) this.#comparisons.set(id, Promise.resolve('gone'));
    for (const workflow of found) this.#addUnusable(workflow);
  }

  get result(): Checked {
    return { ...this.#counts, problems: [...this.#problems.values()] };
  }

  /** Destinations and secrets that the stage does not have, as far as they show before there is an event. */
  async checkNames(rules: Rehearsal, stage: Parameters<Rehearsal['misnamed']>[0]): Promise<void> {
    for (const [rule, problem] of Object.entries(await rules.misnamed(stage))) {
      const expected = problem.replace(`rule "${rule}" `, '');
      this.#problems.set(problem, { rule, expected, samples: 0 });
    }
  }

  async check(rules: Rehearsal, samples: readonly Sample[]): Promise<void> {
    // Where one rule fails, the others are checked all the same.
    const answers = await rules.askEach(samples);
    for (const [index, sample] of samples.entries()) {
      this.#counts.samples += 1;
      for (const said of answers[index] ?? []) {
        if (said.kind === 'failed')
          this.#add({ rule: said.rule, expected: `fails (${said.reason})` }, sample);
        else for (const action of said.actions) await this.#checkAction(said.rule, action, sample);
      }
    }
  }

  async #checkAction(rule: string, action: RehearsedAction, sample: Sample): Promise<void> {
    for (const inputs of inputsOf(action, workflowOf(sample))) {
      const { workflowId } = inputs;
      const workflow = this.#names.get(workflowId) ?? workflowId;
      const validate = await this.#comparisonFor(workflowId);
      if (validate === 'gone') this.#add({ rule, workflow, expected: GONE }, sample);
      else if (validate === undefined) this.#counts.without_schema += 1;
      else if (validate !== 'unusable') {
        this.#counts.bodies += 1;
        const problems = validate(inputs.values).filter((problem) => !isOpen(inputs, problem));
        for (const problem of problems) this.#add({ rule, workflow, ...problem }, sample);
      }
    }
  }

  #comparisonFor(id: string): Promise<Comparison> {
    const known = this.#comparisons.get(id) ?? this.#makeComparison(id);
    this.#comparisons.set(id, known);
    return known;
  }

  /** A workflow that the settings do not name is asked for here. */
  async #makeComparison(id: string): Promise<Comparison> {
    const known = this.#workflows.get(id);
    const workflow = known ?? (await findWorkflow(this.#stage, this.#client, id, id));
    if (workflow === undefined) return 'gone';
    if (known === undefined) this.#addUnusable(workflow);
    const { name, input, unusable } = workflow;
    if (input === undefined) return unusable.input === undefined ? undefined : 'unusable';
    const made = await validatorOf(input);
    if (typeof made === 'function') return made;
    this.#addUnusable({ name, unusable: { input: made.unusable } });
    return 'unusable';
  }

  #addUnusable({ name, unusable }: Pick<Workflow, 'name' | 'unusable'>): void {
    for (const [side, why] of Object.entries(unusable))
      this.#addWorkflow(name, `has an ${side} schema that is not valid (${why})`);
  }

  #addWorkflow(workflow: string, expected: string): void {
    this.#problems.set(JSON.stringify({ workflow, expected }), { workflow, expected, samples: 0 });
  }

  #add(problem: Omit<RuleProblem, 'sample' | 'samples'>, { name }: Sample): void {
    const key = JSON.stringify(problem);
    const known: RuleProblem = this.#problems.get(key) ?? { ...problem, sample: name, samples: 0 };
    known.samples += 1;
    this.#problems.set(key, known);
  }
}

const GONE = 'is a workflow that Cyberdesk does not have';

function workflowOf({ body }: Sample): string {
  const { run } = parseObject(body) ?? {};
  return typeof run === 'object' && run !== null ? String(Reflect.get(run, 'workflow_id')) : '';
}

/** What is wrong there may be right once the value is known. */
const isOpen = ({ open, keepsSensitive }: Inputs, { path }: InputProblem): boolean =>
  open.some((place) => path === place || path.startsWith(`${place}/`)) ||
  (keepsSensitive && path.startsWith('/$'));
