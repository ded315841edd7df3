import { Webhook } from 'svix';
import type { Random } from './random.ts';
import type { Draft, Secrets } from './request.ts';

export type Mutation = (draft: Draft, random: Random, secrets: Secrets) => void;

const NAMES = ['id', 'timestamp', 'signature'].flatMap((part) => [`svix-${part}`, `webhook-${part}`]);

function bend(part: string, change: (value: string, random: Random) => string | undefined): Mutation {
  return (draft, random) => {
    for (const name of [`svix-${part}`, `webhook-${part}`]) {
      const value = draft.headers[name];
      if (value !== undefined) draft.headers[name] = change(value, random);
    }
  };
}

const flipCharacter = (value: string, random: Random) => {
  const at = random.below(value.length || 1);
  const other = String.fromCharCode(33 + random.below(94));
  return value.slice(0, at) + other + value.slice(at + 1);
};

/** What a careless sender, a proxy or an attacker may do to a request. Some leave it genuine. */
export const MUTATIONS: Mutation[] = [
  () => undefined,
  (draft, random) => delete draft.headers[random.pick(NAMES)],
  (draft, random) => {
    draft.headers[random.pick(NAMES)] = random.pick([
      '',
      ' ',
      '0',
      'null',
      'v1,',
      ',',
      '\u00e9',
      'a'.repeat(5000),
    ]);
  },
  (draft) => {
    draft.headers = {};
  },
  bend('id', flipCharacter),
  bend('id', (value, random) => value + random.pick([' ', '.', 'x', '\t'])),
  bend('timestamp', (value, random) => random.pick(['0', '+', ' ', '-', '1']) + value),
  bend('timestamp', (value, random) => value + random.pick(['abc', '.0', '.5', ' ', 'e0', '0', 'n'])),
  bend('timestamp', (value, random) =>
    String(Number(value) + (random.below(2) ? 1 : -1) * (400 + random.below(1e6))),
  ),
  bend('timestamp', (_, random) =>
    random.pick(['NaN', 'Infinity', '0x68', '1e9', '99999999999999999999', '-1']),
  ),
  bend('timestamp', flipCharacter),
  bend('signature', flipCharacter),
  bend('signature', (value, random) => value.slice(0, random.below(value.length))),
  bend('signature', (value, random) =>
    value.replace('v1,', random.pick(['v2,', 'v1a,', 'V1,', 'v1', '', 'v1,,'])),
  ),
  bend('signature', (value, random) =>
    random.pick([`v1a,x ${value}`, `${value} v1,`, `  ${value}`, `${value},x`]),
  ),
  bend('signature', (value, random) => Array(random.below(40)).fill('v1,AAAA').concat(value).join(' ')),
  bend('signature', (value) => value.replaceAll('=', '')),
  bend('signature', (value) => value.replaceAll('+', '-').replaceAll('/', '_')),
  bend('signature', () => `v1,${'A'.repeat(43)}=`),
  (draft, random) => {
    if (draft.body.length > 0) draft.body[random.below(draft.body.length)] = random.below(256);
  },
  (draft, random) => {
    draft.body = draft.body.subarray(0, random.below(draft.body.length + 1));
  },
  (draft, random) => {
    draft.body = Buffer.concat([
      draft.body,
      random.pick([Buffer.from(' '), Buffer.from('\n'), random.bytes(3)]),
    ]);
  },
  (draft, random) => {
    // Text that was signed, sent with bytes that are not valid UTF-8.
    const at = random.below(draft.body.length + 1);
    draft.body = Buffer.concat([
      draft.body.subarray(0, at),
      Buffer.from([0xff, 0xfe]),
      draft.body.subarray(at),
    ]);
  },
  (draft) => {
    draft.body = Buffer.from(draft.body.toString('latin1'), 'utf8');
  },
  (draft) => {
    draft.encoding = draft.encoding === 'text' ? 'base64' : 'text';
  },
  (draft, random, secrets) => {
    const id = draft.headers['svix-id'] ?? 'msg';
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    draft.headers = {
      'svix-id': id,
      'svix-timestamp': String(at.getTime() / 1000),
      'svix-signature': new Webhook(random.pick([secrets.strange, secrets.current])).sign(id, at, draft.body),
    };
  },
  (draft, random, secrets) => {
    // Genuine with one header prefix, forged with the other.
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const sign = (secret: string) => new Webhook(secret).sign('m', at, draft.body);
    const time = String(at.getTime() / 1000);
    const good = random.pick(['svix', 'webhook']);
    for (const prefix of ['svix', 'webhook']) {
      draft.headers[`${prefix}-id`] = 'm';
      draft.headers[`${prefix}-timestamp`] = time;
      draft.headers[`${prefix}-signature`] = sign(prefix === good ? secrets.current : secrets.strange);
    }
  },
];
