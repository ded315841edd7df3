type Step = () => Promise<unknown> | unknown;

/** What must be undone at the end, in reverse order. */
export class Cleanup {
  readonly #steps: Step[] = [];

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Runs every step once; a step that fails does not stop the others. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch {
        // Whatever is left behind ends with this process.
      }
    }
  }
}
