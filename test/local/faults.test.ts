import { describe, expect, it } from 'vitest';
import { type Fault, Faults } from '../../local/aws/faults.ts';
import { BadFaultError, parseFault } from '../../local/aws/parse-fault.ts';

/** Which of some calls a fault hits, by their place from 1. */
function hitPlaces(fault: Fault, calls: readonly (readonly [string, string])[]): number[] {
  const faults = new Faults();
  faults.plant(fault);
  return calls.flatMap(([call, fn], index) => {
    const { before, after } = faults.hits(call, fn);
    return before.length + after.length > 0 ? [index + 1] : [];
  });
}

const put = ['dynamodb:PutItem', 'verifier'] as const;
const puts = [put, put, put, put];

describe('a fault', () => {
  it('hits the first matching call, once', () => {
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop' }, puts)).toEqual([1]);
  });

  it('hits from the nth on, as often as it says', () => {
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop', nth: 2, times: 2 }, puts)).toEqual([2, 3]);
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop', nth: 3, times: 'always' }, puts)).toEqual([
      3, 4,
    ]);
  });

  it('hits only its own calls and function', () => {
    const calls = [['sqs:SendMessage', 'verifier'], ['dynamodb:PutItem', 'processor'], put] as const;
    expect(hitPlaces({ call: 'dynamodb:PutItem', function: 'verifier', do: 'kill' }, calls)).toEqual([3]);
    expect(hitPlaces({ call: 'dynamodb:*', do: 'kill' }, calls)).toEqual([2]);
    expect(hitPlaces({ call: '*:*', do: 'kill', times: 'always' }, calls)).toEqual([1, 2, 3]);
  });

  it('takes dots and brackets of paths as they are', () => {
    const calls = [
      ['cyberdesk:GET /v1/runsXa', 'p'],
      ['cyberdesk:GET /v1/runs.a', 'p'],
    ] as const;
    expect(hitPlaces({ call: 'cyberdesk:GET /v1/runs.a', do: 'fail' }, calls)).toEqual([2]);
  });

  it('knows before from after, and tells what it met', () => {
    const faults = new Faults();
    const { id } = faults.plant({ call: 'sqs:*', do: 'drop', when: 'after', nth: 2 });
    expect(faults.hits('sqs:SendMessage', 'v')).toEqual({ before: [], during: [], after: [] });
    expect(faults.hits('sqs:SendMessage', 'v').after).toHaveLength(1);
    expect(faults.list()).toMatchObject([{ id, seen: 2, hits: 1 }]);
    faults.clear(id);
    expect(faults.list()).toEqual([]);
  });
});

describe('a fault as JSON', () => {
  it('is taken when it is whole', () => {
    const fault = {
      call: 'cyberdesk:POST /v1/runs',
      do: 'delay',
      ms: 10,
      when: 'after',
      nth: 2,
      times: 'always',
      function: 'Verifier',
    };
    expect(parseFault(fault, ['verifier', 'operator'])).toEqual(fault);
  });

  it.each([
    [{ do: 'drop' }, /"call"/],
    [{ call: 'PutItem', do: 'drop' }, /"call"/],
    [{ call: 'sqs:b', do: 'explode' }, /"do".*drop, fail/],
    [{ call: 'sqs:b', do: 'drop', when: 'later' }, /"when"/],
    [{ call: 'sqs:b', do: 'drop', nth: 0 }, /"nth"/],
    [{ call: 'sqs:b', do: 'drop', times: 1.5 }, /"times"/],
    [{ call: 'sqs:b', do: 'delay' }, /"ms"/],
    [{ call: 'sqs:b', do: 'fail', status: 200 }, /"status"/],
    [{ call: 'sqs:b', do: 'drop', wehn: 'after' }, /"wehn"/],
    [{ call: 'sqs:b', do: 'twice', when: 'after' }, /"twice"/],
    [{ call: 'lambda:Invoke', do: 'kill' }, /lambda:Invoke/],
    [{ call: 'dynamo:PutItem', do: 'drop' }, /no service "dynamo".*dynamodb, sqs/],
    [{ call: 'sqs:b', do: 'drop', function: 'verifer' }, /"function".*verifier, operator/],
    [[], /object/],
    [null, /object/],
  ])('%j is refused by name', (fault, message) => {
    expect(() => parseFault(fault, ['verifier', 'operator'])).toThrow(BadFaultError);
    expect(() => parseFault(fault, ['verifier', 'operator'])).toThrow(message);
  });
});
