import type { Context } from 'aws-lambda';
import { Log } from '../adapters/log.ts';
import { SECOND, type SweeperMetric } from '../core/model/index.ts';
import { sweep } from '../core/sweep/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { sweeperEnvironment } from '../environment/sweeper.ts';
import { sweeperClients } from './aws-clients.ts';
import { awsSweeper } from './aws-ports.ts';
import { sweepReports } from './reports.ts';

const log = new Log<SweeperMetric>();
const portsFor = awsSweeper(sweeperClients(), readEnvironment(sweeperEnvironment));

/** Sends messages again that were lost, and reports the age of the oldest unfinished event. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  log.begin(context);
  try {
    const { oldest, ...swept } = await sweep({
      ...portsFor(context.getRemainingTimeInMillis()),
      ...sweepReports(log),
    });
    if (swept.refused > 0)
      log.line('warn', 'the queue did not accept all messages', { refused: swept.refused });
    log.line('info', 'sweep finished', { oldest_seconds: Math.round(oldest / SECOND), ...swept });
  } catch (error) {
    log.line('error', 'the sweep failed; the next one goes on', { error });
    throw error;
  } finally {
    log.flush();
  }
}
