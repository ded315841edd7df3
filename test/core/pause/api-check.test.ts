import { beforeEach, describe, expect, it } from 'vitest';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { failed, NOTHING, PAUSED, TestGates } from '../support/gates.ts';
import { START } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let gates: TestGates;

beforeEach(() => {
  gates = new TestGates();
});

describe('the read', () => {
  const begun = (deadline: number) => {
    const gate = gates.create();
    gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline });
    return gate;
  };

  it('the read after a call that hung until the deadline may take five seconds more', async () => {
    expect(await begun(START).report(failed('a', 2))).toEqual(NOTHING);
    expect(gates.cyberdesk.named('ping')).toMatchObject([{ args: [{ until: START + 5 * SECOND }] }]);
  });

  it('the read counts as failed if there is no time for it', async () => {
    expect(await begun(START - 4 * SECOND - 1).report(failed('a', 2))).toEqual(PAUSED);
    expect(gates.cyberdesk.named('ping')).toHaveLength(0);
  });

  it('the read that was answered in this invocation still holds when there is no time for another', async () => {
    const gate = begun(START);
    await gate.report(failed('a', 2));
    gates.system.time += 10 * SECOND;

    expect(await gate.report(failed('a', 3))).toEqual(NOTHING);
    expect(gates.cyberdesk.named('ping')).toHaveLength(1);
  });
});
