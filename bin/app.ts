import { inOwnCode } from '../lib/own-code.ts';
import { orEndInOneLine, runApp } from '../lib/run-app.ts';

await orEndInOneLine(async () => {
  const { stages } = await inOwnCode('stages.ts', () => import('../stages.ts'));
  const extend = await inOwnCode('infrastructure.ts', async () => {
    const own = await import('../infrastructure.ts');
    // Not every file is type-checked.
    if (typeof own.extend !== 'function') throw new Error('it exports no function "extend"');
    return own.extend;
  });
  await runApp(stages, extend);
});
