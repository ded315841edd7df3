export { MAX_BODY_BYTES, packBody, readBody } from './body.ts';
export {
  type Draft,
  known,
  LaterReleaseError,
  LostRaceError,
  type Store,
  save,
  update,
} from './compare-and-swap.ts';
export { loadCompletion, loadEvent, loadLineage, loadPause, peek } from './load.ts';
export { BodyLostError, readPieces, renewPieces, writePieces } from './pieces.ts';
