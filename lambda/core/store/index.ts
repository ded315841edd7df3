export {
  BodyErasedError,
  eraseEventBody,
  MAX_BODY_BYTES,
  type PackedBody,
  packBody,
  readBody,
} from './body.ts';
export {
  type Draft,
  known,
  LaterReleaseError,
  LostRaceError,
  type Store,
  type Swap,
  save,
  startingOver,
  trySave,
  update,
} from './compare-and-swap.ts';
export { loadCompletion, loadEvent, loadFence, loadLineage, loadPause, peek } from './load.ts';
export { BodyLostError, erasePieces, readPieces, renewPieces, writePieces } from './pieces.ts';
