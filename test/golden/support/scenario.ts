import { it } from 'vitest';
import { CoreWorld, type RuleDefinition } from './core.ts';
import { expectGolden } from './expect-golden.ts';

/** A test that plays a scenario on the core and compares everything that it wrote, sent and asked for. */
export function scenario(
  name: string,
  rules: RuleDefinition[],
  play: (world: CoreWorld) => Promise<void>,
): void {
  it(`${name} writes and sends exactly what was recorded`, async () => {
    const world = new CoreWorld(...rules);
    await play(world);
    expectGolden(`core/${name.replaceAll(' ', '-')}`, world.record());
  });
}
