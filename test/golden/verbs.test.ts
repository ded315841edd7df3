import { join } from 'node:path';
import { describe, it, vi } from 'vitest';
import { notify } from './support/core.ts';
import { expectGolden } from './support/expect-golden.ts';
import { callAway, callDeployed, exitOf, follow, LISTENING, SILENT, useVerbs } from './support/verbs.ts';

/** Documents and exit codes of all verbs: 0 done, 1 done with a finding, 2 usage error or failure. */

const stage = useVerbs();
const signingSecret = (letter: string) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`;

/** Compares what the verbs answer, by a name for each call. */
async function expectAnswers(file: string, calls: Record<string, () => Promise<unknown>>): Promise<void> {
  const answers: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) answers[name] = await call();
  expectGolden(`verbs/${file}`, answers);
}

/** Acts while the clock stands still: what waits for seconds still waits when it is looked at. */
async function frozen<T>(act: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
}

/** One event of each state in which nothing is being done. */
async function deliverEach(): Promise<void> {
  stage.setRules(follow, { name: 'announce', actions: () => notify() });
  await stage.deliver('processed');
  await stage.work();
  await stage.deliver('follow-up', { id: stage.started(), status: 'error' });
  const ended = { id: 'run-of-two', ended_at: '2026-11-25T10:00:00Z' };
  await stage.deliver('first', ended);
  await stage.deliver('second', ended);
  await stage.deliver('ignored', {}, { event_type: 'run_started' });
  await stage.deliver('unprocessable', { workflow_id: null });
  await stage.work();
  stage.refuseStarts(true);
  await stage.deliver('refused');
  await stage.work();
  stage.refuseStarts(false);
}

describe('documents and exit codes of the verbs', () => {
  it('events list and events show answer as recorded', async () => {
    await deliverEach();
    await stage.deliver('lost');
    stage.loseResponses();
    const lost = await frozen(async () => {
      await stage.work();
      return stage.call(['events', 'show', 'event-lost']);
    });
    stage.throttleStarts();
    await stage.deliver('waiting');
    await stage.work();
    await stage.deliver('received');
    const show = (name: string, ...more: string[]) =>
      stage.call(['events', 'show', `event-${name}`, ...more]);
    await expectAnswers('events-list-and-show', {
      'events list': () => stage.call(['events', 'list']),
      'events list of failed': () => stage.call(['events', 'list', '--state', 'failed']),
      'events list of one': () => stage.call(['events', 'list', '--limit', '1']),
      'events list, a state that is unknown': () => stage.call(['events', 'list', '--state', 'lost']),
      'events list, nothing answers': () => callAway(['events', 'list']),
      'show, processed': () => show('processed'),
      'show, started by a follow-up': () => show('follow-up'),
      'show, ignored': () => show('ignored'),
      'show, unprocessable': () => show('unprocessable'),
      'show, failed': () => show('refused'),
      'show, waiting': () => show('waiting'),
      'show, a response was lost': async () => lost,
      'show, received': () => show('received'),
      'show, duplicate': () => show('second'),
      'show, with payload': () => show('ignored', '--payload'),
      'show, an event that is not there': () => show('of-nobody'),
    });
  });

  it('events replay answers as recorded', async () => {
    await deliverEach();
    await stage.deliver('received');
    const replay = (...argv: string[]) => stage.call(['events', 'replay', ...argv]);
    await expectAnswers('events-replay', {
      'a processed one': () => replay('event-processed'),
      'rules asked again': () => replay('event-processed', '--replan'),
      'a failed one': () => replay('event-refused'),
      'a received one': () => replay('event-received'),
      'an ignored one': () => replay('event-ignored'),
      'a copy': () => replay('event-second'),
      'one of two is not there': () => replay('event-processed', 'event-of-nobody'),
      'one that is not there': () => replay('event-of-nobody'),
      'no event named': () => replay(),
      'by filter': () => replay('--state', 'failed'),
      'after that': async () => {
        await stage.work();
        return [
          await stage.call(['events', 'show', 'event-processed']),
          await stage.call(['events', 'show', 'event-refused']),
        ];
      },
    });
  });

  it('events settle answers as recorded', async () => {
    stage.setRules(follow);
    stage.refuseStarts(true);
    for (const name of ['skipped', 'again', 'named', 'refused']) {
      await stage.deliver(name);
      await stage.work();
      if (name !== 'refused') await stage.makeUnknown(name);
    }
    stage.refuseStarts(false);
    await stage.setApiKey();
    const settle = (name: string, ...argv: string[]) =>
      stage.call(['events', 'settle', `event-${name}`, '--action', '1', ...argv]);
    await expectAnswers('events-settle', {
      'dlq list': () => stage.call(['dlq', 'list', '--reason', 'outcome_unknown', '--limit', '1']),
      'events show': () => stage.call(['events', 'show', 'event-named']),
      skip: () => settle('skipped', '--skip'),
      'skip, again': () => settle('skipped', '--skip'),
      'start again after that': () => settle('skipped', '--start-again'),
      'start again': () => settle('again', '--start-again'),
      'run of another workflow': () => settle('named', '--run', stage.ended('other', SILENT).id),
      'run that does not exist': () => settle('named', '--run', SILENT),
      'run that fits': () => settle('named', '--run', stage.ended('ours', LISTENING).id),
      'an action that was refused': () => settle('refused', '--skip'),
      'an event that is not there': () => settle('of-nobody', '--skip'),
      'no choice': () => settle('refused'),
      'nothing answers': () => callAway(['events', 'settle', 'x', '--action', '1', '--skip']),
      'events show after that': async () => {
        await stage.work();
        return [
          await stage.call(['events', 'show', 'event-skipped']),
          await stage.call(['events', 'show', 'event-again']),
          await stage.call(['events', 'show', 'event-named']),
        ];
      },
    });
  });

  it('dlq list and dlq redrive answer as recorded', async () => {
    stage.setRules(follow);
    const redrive = (...argv: string[]) => stage.call(['dlq', 'redrive', ...argv]);
    await expectAnswers('dlq', {
      'list, none': () => stage.call(['dlq', 'list']),
      'list, an open one': async () => {
        stage.refuseStarts(true);
        await stage.deliver('refused');
        await stage.work();
        stage.refuseStarts(false);
        return stage.call(['dlq', 'list']);
      },
      'list, usage error': () => stage.call(['dlq', 'list', '--limit', 'many']),
      'redrive, usage error': () => redrive(),
      'redrive, one that is not there': () => redrive('event-of-nobody'),
      'redrive, one': () => redrive('event-refused'),
      'list, a stuck one': async () => {
        await stage.garbage();
        return stage.call(['dlq', 'list']);
      },
      'redrive, all': () => redrive('--all'),
      'redrive, nothing answers': () => callAway(['dlq', 'redrive', '--all']),
    });
  });

  it('queues answers as recorded', () =>
    expectAnswers('queues', {
      queues: async () => {
        await stage.deliver('received');
        return stage.call(['queues']);
      },
      'nothing answers': () => callAway(['queues']),
      'usage error': () => stage.call(['queues', '--deep']),
    }));

  it('secret and api-key answer as recorded', () =>
    expectAnswers('secrets', {
      'secret set, the first': () => stage.call(['secret', 'set'], signingSecret('A')),
      'secret set, the same': () => stage.call(['secret', 'set'], signingSecret('A')),
      'secret set, another': () => stage.call(['secret', 'set'], signingSecret('B')),
      'secret set, not a secret': () => stage.call(['secret', 'set'], 'hunter2'),
      'secret set, no input': () => stage.call(['secret', 'set']),
      'secret revoke-previous': () => stage.call(['secret', 'revoke-previous']),
      'secret revoke-previous, none': () => stage.call(['secret', 'revoke-previous']),
      'secret revoke-previous, nothing answers': () => callAway(['secret', 'revoke-previous']),
      'secret set, none before': () => stage.call(['secret', 'set', '--revoke-previous'], signingSecret('C')),
      'api-key set': () => stage.call(['api-key', 'set'], 'cd_key'),
      'api-key set, the same': () => stage.call(['api-key', 'set'], 'cd_key'),
      'api-key set, another': () => stage.call(['api-key', 'set'], 'cd_other'),
      'api-key set, not a key': () => stage.call(['api-key', 'set'], 'two words'),
    }));

  it('reconcile answers as recorded', async () => {
    stage.setRules(follow);
    await stage.setApiKey();
    await stage.deliver('known', stage.ended('known', LISTENING));
    await stage.work();
    await stage.deliver('waiting', stage.ended('waiting', LISTENING));
    stage.ended('silent', SILENT);
    const since = ['reconcile', '--since', '1h', '--grace', '0s', '--restart'];
    await expectAnswers('reconcile', {
      'nothing is missing': () => stage.call(since),
      'one is missing': () => {
        stage.ended('missing', LISTENING);
        return stage.call(since);
      },
      'one ended a moment ago': () =>
        stage.call(['reconcile', '--since', '1h', '--grace', '10m', '--restart']),
      applied: () => stage.call([...since, '--apply']),
      'applied again': () => stage.call([...since, '--apply']),
      'with a malformed time': () => stage.call(['reconcile', '--since', 'soon']),
      'nothing answers': () => callAway(since),
    });
  });

  it('doctor answers as recorded on a stage without secrets', () =>
    expectAnswers('doctor', {
      'with findings': () => stage.call(['doctor', '--no-probe']),
      'usage error': () => stage.call(['doctor', '--fast']),
    }));

  it('send answers as recorded', () =>
    expectAnswers('send', {
      'usage error': () => stage.call(['send', '--fresh']),
      'no secret is set': () => stage.call(['send']),
    }));

  it('cost answers as recorded', () => {
    const template = join(import.meta.dirname, '__golden__', 'template', 'dev.json');
    return expectAnswers('cost', {
      usual: () => stage.call(['cost', '--template', template]),
      chosen: () =>
        stage.call([
          ...['cost', '--template', template, '--events', '1000', '--size', '100000'],
          ...['--follow-ups', '0.5', '--rate', '2', '--no-publish'],
        ]),
      'no template there': () => stage.call(['cost', '--template', '/nowhere.json']),
    });
  });

  it('destroy answers as recorded', () =>
    expectAnswers('destroy', {
      'nothing stays': () =>
        callDeployed(['destroy', '--stage', 'dev', '--yes'], { Secret: 'AWS::SecretsManager::Secret' }),
      'something stays': () =>
        callDeployed(['destroy', '--stage', 'dev', '--yes'], {
          Bucket: 'AWS::S3::Bucket',
          Secret: 'AWS::SecretsManager::Secret',
        }),
      'not there': () => callDeployed(['destroy', '--stage', 'dev', '--yes'], undefined),
      protected: () => callDeployed(['destroy', '--stage', 'prod', '--yes'], {}),
    }));

  it('console answers as recorded', () =>
    expectAnswers('console', {
      'served until a signal': async () => {
        const listening = () => process.listenerCount('SIGTERM');
        const before = listening();
        const served = stage.call(['console', '--port', '0', '--no-open']);
        while (listening() === before) await new Promise((resolve) => setImmediate(resolve));
        process.emit('SIGTERM');
        return served;
      },
      'usage error': () => stage.call(['console', '--port', 'http']),
    }));

  it('completion, help and an unknown verb answer as recorded', () =>
    expectAnswers('others', {
      'unknown verb': () => stage.call(['explode']),
      'completion for bash': () => exitOf(['completion', 'bash']),
      help: () => exitOf(['events', 'list', '--help']),
      'completion for an unknown shell': () => stage.call(['completion', 'cmd']),
    }));
});
