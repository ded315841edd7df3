import { describe, expect, it } from 'vitest';
import { type Fault, Faults } from '../../local/faults/faults.ts';
import { InvalidFaultError, parseFault } from '../../local/faults/parse-fault.ts';

/** Which of several calls a fault hits, counted from 1. */
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

describe('Faults', () => {
  it('a fault hits the first matching call once by default', () => {
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop' }, puts)).toEqual([1]);
  });

  it('a fault hits calls from "nth" on, up to "times"', () => {
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop', nth: 2, times: 2 }, puts)).toEqual([2, 3]);
    expect(hitPlaces({ call: 'dynamodb:PutItem', do: 'drop', nth: 3, times: 'always' }, puts)).toEqual([
      3, 4,
    ]);
  });

  it('a fault hits only calls that match its pattern and function', () => {
    const calls = [['sqs:SendMessage', 'verifier'], ['dynamodb:PutItem', 'processor'], put] as const;
    expect(hitPlaces({ call: 'dynamodb:PutItem', function: 'verifier', do: 'kill' }, calls)).toEqual([3]);
    expect(hitPlaces({ call: 'dynamodb:*', do: 'kill' }, calls)).toEqual([2]);
    expect(hitPlaces({ call: '*:*', do: 'kill', times: 'always' }, calls)).toEqual([1, 2, 3]);
  });

  it('a fault matches dots and brackets in paths literally', () => {
    const calls = [
      ['cyberdesk:GET /v1/runsXa', 'p'],
      ['cyberdesk:GET /v1/runs.a', 'p'],
    ] as const;
    expect(hitPlaces({ call: 'cyberdesk:GET /v1/runs.a', do: 'fail' }, calls)).toEqual([2]);
  });

  it('a fault distinguishes before from after, and counts what it has seen and hit', () => {
    const faults = new Faults();
    const { id } = faults.plant({ call: 'sqs:*', do: 'drop', when: 'after', nth: 2 });
    expect(faults.hits('sqs:SendMessage', 'v')).toEqual({ before: [], during: [], after: [] });
    expect(faults.hits('sqs:SendMessage', 'v').after).toHaveLength(1);
    expect(faults.list()).toMatchObject([{ id, seen: 2, hits: 1 }]);
    faults.clear(id);
    expect(faults.list()).toEqual([]);
  });
});

describe('parseFault', () => {
  it('parseFault accepts a complete fault', () => {
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
    [{ call: 'dynamo:PutItem', do: 'drop' }, /unknown service "dynamo".*dynamodb, sqs/],
    [{ call: 'sqs:b', do: 'drop', function: 'verifer' }, /"function".*verifier, operator/],
    [[], /object/],
    [null, /object/],
  ])('%j is rejected, naming the field', (fault, message) => {
    expect(() => parseFault(fault, ['verifier', 'operator'])).toThrow(InvalidFaultError);
    expect(() => parseFault(fault, ['verifier', 'operator'])).toThrow(message);
  });
});
