import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../lambda/core/plan/kinds/index.ts';
import { nonEmpty } from '../../../lambda/core/plan/kinds/text.ts';
import { MAX_DEPTH, serialize, TooDeepError } from '../../../lambda/core/plan/serialize.ts';
import { MisplacedReferenceError } from '../../../lambda/rules/actions.ts';
import { outputAttachments, publish, retryRun, secret } from '../../../lambda/rules/index.ts';
import { anyAction } from '../support/plan.ts';

const places = { secret: /^sensitive\//, attachments: 'nowhere' } as const;
const write = (content: unknown) => () => serialize(content, places);

describe('what a person reads about an action that cannot be written', () => {
  it('a misplaced reference is reported with its kind and its path', () => {
    const files = outputAttachments({ id: 'r', output_attachment_ids: ['f'] });

    expect(write({ inputs: { deep: [{ password: secret('arn') }] } })).toThrow(
      new MisplacedReferenceError('secret at inputs.deep.0.password'),
    );
    expect(write({ sensitive: { files } })).toThrow(
      new MisplacedReferenceError('attachments at sensitive.files'),
    );
  });

  it('a misplaced reference is reported without the name of its secret', () => {
    expect(write({ inputs: secret('arn:aws:secretsmanager:prod') })).not.toThrow(/arn/);
  });

  it('a reference that a toJSON brings in is reported as such', () => {
    expect(write({ sensitive: { toJSON: () => secret('arn') } })).toThrow(
      /reference in the result of a toJSON/,
    );
  });

  it('an action that contains itself is reported as such', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;

    expect(write(cycle)).toThrow(new TypeError('the action contains itself'));
  });

  it('an action that is nested too deeply is reported with the limit', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`);

    expect(write(deep)).toThrow(TooDeepError);
    expect(write(deep)).toThrow(/more than 1000 levels/);
    expect(new TooDeepError()).toHaveProperty('name', 'TooDeepError');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'the number %d of an action is reported as not finite',
    (n) => {
      expect(write({ n: [n] })).toThrow(/number that is not finite/);
    },
  );

  it('an action without content is reported as such', () => {
    expect(write(undefined)).toThrow(/no content/);
  });
});

it('a reference to a whole secret names no field of it', () => {
  expect(
    serialize({ sensitive: { whole: secret('arn'), one: secret('arn', 'pin') } }, places).placeholders,
  ).toStrictEqual([
    { path: ['sensitive', 'whole'], secret: { id: 'arn' } },
    { path: ['sensitive', 'one'], secret: { id: 'arn', field: 'pin' } },
  ]);
});

describe('what a person reads about an action that its kind refuses', () => {
  it('an action of an unknown kind is reported as such', () => {
    const made = () => kindOf(anyAction({ kind: 'deleteRun' }));

    expect(made).toThrow(/action of unknown kind/);
    expect(made).toThrow(expect.objectContaining({ name: 'UnknownActionKindError' }));
  });

  it.each([undefined, null, 7, '', ' ', ['a'], { trim: (): string => 'a' }])(
    'the value %j is refused where SNS needs a text that is not empty',
    (value) => {
      expect(() => nonEmpty(value)).toThrow(/must be non-empty strings/);
    },
  );

  it('a text that is not empty is passed on as it is', () => {
    expect(nonEmpty(' Look ')).toBe(' Look ');
  });

  it.each(['aws.kind', 'Amazon.kind', '.kind', 'kind.', 'a..b', 'some..kind', 'a b', '', 'x'.repeat(257)])(
    'an attribute that is called "%s" is refused, as SNS does not accept it',
    (name) => {
      const { content } = kindOf(publish());

      expect(() => content({ kind: 'publish', attributes: { [name]: 'a' } }, 'key')).toThrow(
        /SNS does not accept an attribute of this name/,
      );
    },
  );

  it('an announcement is refused when its attributes are too large for SNS together, in bytes and with their names', () => {
    const { content } = kindOf(publish());
    const contentWith = (last: string) =>
      content({ kind: 'publish', attributes: { ab: 'é'.repeat(60 * 1024), cd: last } }, 'key');
    const most = 'x'.repeat(128 * 1024 - 2 * 'abString'.length);

    expect(contentWith(most)).toMatchObject({ attributes: { cd: most } });
    expect(() => contentWith(`${most}x`)).toThrow(/SNS does not accept attributes of this size/);
  });

  it.each([undefined, '2', 1.5, Number.NaN])('a retry with the maximum %s is refused', (max) => {
    const retry = { ...retryRun({ max: 1 }), max };

    expect(() => kindOf(anyAction(retry)).insteadOf?.(anyAction(retry), 0)).toThrow(
      /retryRun needs a whole number as its max/,
    );
  });
});
