import { constants, deflateSync, inflateSync } from 'node:zlib';

/**
 * What most webhooks have in common, the commonest last, where a reference to it takes the fewest bits. It spares an
 * event of 4 KB a tenth of its bytes, and one of 1 KB a fourth.
 *
 * Stored bodies can be read with this text only: not a byte of it may ever change. Another one needs another `v`.
 */
const DICTIONARY = Buffer.from(
  '{"event_id":"","event_type":"downed_machines","organization_id":"","machines":[{"machine_id":"","status":"disconnected","last_seen":"2026-","reason":"","name":"' +
    '"main_prompt":"","model_metadata":{},"run_message_history":[],"sensitive_input_aliases":{},"usage_metadata":{"billing_outcome":"billable"},"is_priority":false,"pool_ids":[],"file_inputs":null,' +
    '"input_attachment_ids":[],"output_attachment_ids":[],"post_run_checks":[{"post_run_check_id":"","snapshot_version":1,"name":"","description":"","type":"","status":"passed","passed":true,"error_message":null}],' +
    '"release_session_after":true,"session_id":null,"session_alias":null,"user_id":null,"organization_id":"","error":["task_failed","cancelled"],"input_values":{},' +
    '"created_at":"2026-","started_at":"2026-","ended_at":"2026-01-01T00:00:00.000Z",' +
    '"event_id":"","event_type":"run_complete","occurred_at":"2026-01-01T00:00:00.000Z","run":{"id":"","workflow_id":"","machine_id":"","status":"success","created_at":"2026-","ended_at":"2026-","output_data":{"summary":"',
);

/** Up to this size the level makes no difference in time. Above it, level 3 takes half of it, and four percent more bytes. */
const MOST_AT_DEFAULT_LEVEL = 8 * 1024;

/** Packs a small body. What is stored in its event has at most 4 KB, so that larger chunks would be allocated for nothing. */
export const packSmall = (raw: Uint8Array): Uint8Array =>
  deflateSync(raw, {
    dictionary: DICTIONARY,
    chunkSize: 4096,
    level: raw.byteLength > MOST_AT_DEFAULT_LEVEL ? 3 : constants.Z_DEFAULT_COMPRESSION,
  });

/** @throws if it was packed in another way, or is larger than the limit in bytes */
export const unpackSmall = (packed: Uint8Array, limit: { maxOutputLength?: number } = {}): Uint8Array =>
  inflateSync(packed, { dictionary: DICTIONARY, ...limit });

/** Whether a body was packed as here, and not as a gzip: that begins with other bytes. */
export const isPackedSmall = (packed: Uint8Array): boolean => packed[0] !== 0x1f;
