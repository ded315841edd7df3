import { updatePages } from './transcript-pages.ts';
import { recordTranscripts } from './transcripts.ts';

// `npm run transcripts`: runs the commands that the documentation shows, against a local run, and writes what they print
// into the code block below each `<!-- transcript: name -->`.
updatePages(await recordTranscripts());
