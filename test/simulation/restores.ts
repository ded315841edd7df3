import { FENCE_KEY, type FenceItem, ITEM_VERSION, type Item, MINUTE } from '../../lambda/core/model/index.ts';
import type { OperatorMoves } from './operator-moves.ts';
import type { Sender } from './sender.ts';
import type { World } from './world.ts';

/** The table is lost, and restored as it was at an earlier point, while workers are at work. */
export class Restores {
  readonly #world: World;
  readonly #sender: Sender;
  readonly #operators: OperatorMoves;
  #point: { at: number; items: Map<string, Item> } | undefined;

  constructor(world: World, sender: Sender, operators: OperatorMoves) {
    this.#world = world;
    this.#sender = sender;
    this.#operators = operators;
  }

  /** This is the point. Items are never changed in place. */
  remember(): void {
    this.#point = { at: this.#world.scheduler.now, items: new Map(this.#world.table.items) };
  }

  /** The rules of the beginning are deployed again, for a while. */
  #deployMistake(): void {
    const { scheduler, rng } = this.#world;
    this.#world.move('mistake');
    this.#world.repaired = false;
    scheduler.in(rng.between(0, 240 * MINUTE), () => this.#operators.deploy());
  }

  /** Restores the table, with a fence; then the webhooks from after the point are sent again. */
  restore(): void {
    const { table, oracle, scheduler, rng } = this.#world;
    if (!this.#point) return;
    this.#world.move('restore');
    const { at, items } = this.#point;
    const before = table.events();
    table.items.clear();
    for (const [id, item] of items) table.items.set(id, item);
    table.changes += 1;
    const fence: FenceItem = {
      ...FENCE_KEY,
      v: ITEM_VERSION,
      tag: 'restore',
      from: at,
      until: scheduler.now,
    };
    table.force(fence);
    oracle.onRestored(before);
    if (rng.chance(0.3)) this.#deployMistake();
    for (const delivery of this.#sender.sent)
      scheduler.in(rng.between(0, 120 * MINUTE), () => this.#sender.attempt(delivery, 99));
  }
}
