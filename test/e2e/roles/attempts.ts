import type { LocalRun } from '../../../local/run.ts';
import { type Key, thief } from './thief.ts';

type Thief = ReturnType<typeof thief>;
type Attempts = Readonly<Record<string, (of: Thief) => Promise<unknown>>>;

/** What there is to steal: an event that has been processed, its completion, and the lineage of its follow-up. */
export interface Loot {
  event: Key;
  completion: Key;
  lineage: Key;
}

/** Everything worth a try, by what it would mean. The order matters little: no one here reads what another has forged. */
function attemptsOn(run: LocalRun, { event, completion, lineage }: Loot): Attempts {
  const { outputs } = run.stack;
  const queue = `${outputs.QueueUrl}`;
  const deadLetters = `${outputs.DlqUrl}`;
  const arnOf = (label: string) => run.fn(label).arn;
  return {
    'read an event': (of) => of.get(event),
    'read a completion': (of) => of.get(completion),
    'read several items': (of) => of.getMany('event#1'),
    'read what is on record': (of) => of.getMany('audit#forged'),
    'list events': (of) => of.list(),
    'scan the table': (of) => of.scan(),
    'overwrite an event': (of) => of.put(event, { state: 'ignored' }),
    'forge an event': (of) => of.put(['event#forged', 'event']),
    'forge a body': (of) => of.put(['body#0/0', 'body']),
    'forge a plan': (of) => of.put(['run#mine', 'completion#1'], { actions: [] }),
    'forge the plan of an occurrence': (of) => of.put(['occurrence#mine', 'completion#event:mine']),
    'forge a body of a plan': (of) => of.put(['plan#0/0', 'body']),
    'erase what was done': (of) => of.put(completion),
    'erase a lineage': (of) => of.put(lineage),
    'pause the calls': (of) => of.put(['control#pause', 'pause'], { until: 1e15, streak: 1 }),
    'lift the fence after a restore': (of) => of.put(['control#fence', 'fence']),
    'move the sweep': (of) => of.put(['control#sweep', 'sweep'], { cursors: {} }),
    'put on record': (of) => of.put(['audit#forged', 'intent']),
    'delete an item': (of) => of.remove(completion),
    'update an item': (of) => of.update(completion),
    'write in a transaction': (of) => of.transact(['other#1', 'x']),
    'send to the queue': (of) => of.send(queue),
    'receive from the queue': (of) => of.receive(queue),
    'empty the queue': (of) => of.purge(queue),
    'send a dead letter': (of) => of.send(deadLetters),
    'receive dead letters': (of) => of.receive(deadLetters),
    'empty the dead-letter queue': (of) => of.purge(deadLetters),
    'read the signing secret': (of) => of.secret(`${outputs.SigningSecretName}`),
    'read the API key': (of) => of.secret(`${outputs.ApiKeySecretName}`),
    'read the origin header': (of) => of.secret(`${outputs.OriginSecretName}`),
    'set the signing secret': (of) => of.setSecret(`${outputs.SigningSecretName}`),
    'set the API key': (of) => of.setSecret(`${outputs.ApiKeySecretName}`),
    'set the origin header': (of) => of.setSecret(`${outputs.OriginSecretName}`),
    notify: (of) => of.publish(`${outputs.NotifyTopicArn}`),
    publish: (of) => of.publish(`${outputs.PublishTopicArn}`),
    'raise an alarm': (of) => of.publish(`${outputs.AlarmTopicArn}`),
    'invoke the processor': (of) => of.invoke(arnOf('processor')),
    'invoke the sweeper': (of) => of.invoke(arnOf('sweeper')),
    'invoke a handler': (of) => of.invoke(arnOf('handler')),
  };
}

/** What of all this the credentials of a function allow. A call that fails for any other reason was allowed. */
export async function possible(run: LocalRun, label: string, loot: Loot): Promise<string[]> {
  const of = thief(run, label);
  const allowed: string[] = [];
  for (const [name, attempt] of Object.entries(attemptsOn(run, loot))) {
    const error = await attempt(of).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    if (error === undefined || !isDenied(error)) allowed.push(name);
  }
  return allowed;
}

const isDenied = ({ name }: Error): boolean => /AccessDenied|AuthorizationError/.test(name);
