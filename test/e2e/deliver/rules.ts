import { deliver, followUps } from '../../../lambda/rules/index.ts';

/** The finished run names its destinations in `output_data.to`. */
export default followUps({
  name: 'where-the-run-says',
  actions: ({ run }) => (run.output_data as { to: string[] }).to.map(deliver),
});
