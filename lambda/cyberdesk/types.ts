/**
 * The models of Cyberdesk's API under the names of the official SDK. They describe the newest known version: at run
 * time a field may be absent, null or new, and a status may be unknown.
 */
import type { components } from './api-types.ts';

type Schemas = components['schemas'];

/** Payload of the `run_complete` webhook. */
export type RunCompletedEvent = Schemas['RunCompletedEvent'];
/** Payload of the `downed_machines` webhook. */
export type DownedMachinesEvent = Schemas['DownedMachinesEvent'];
/** A run, as the API and the webhook return it; webhooks omit `run_message_history`. */
export type RunResponse = Schemas['RunResponse'];
/** A post-run check of a run and its result. */
export type PostRunCheckResult = Schemas['RunPostRunCheckSnapshot'];
/** What starts a run. */
export type RunCreate = Schemas['RunCreate'];
/** What runs a finished run again. */
export type RunRetry = Schemas['RunRetry'];
/** What starts several runs in order on one machine. */
export type WorkflowChainCreate = Schemas['WorkflowChainCreate'];
export type WorkflowChainResponse = Schemas['WorkflowChainResponse'];
/** A file for a run, its content as base64. */
export type FileInput = Schemas['FileInput'];
export type RunPage = Schemas['RunPage'];
export type RunResponseWithIncludes = Schemas['RunResponseWithIncludes'];
export type WorkflowResponse = Schemas['WorkflowResponse'];
export type WorkflowPage = Schemas['WorkflowPage'];
/** What changes a workflow; fields that are left out stay as they are. */
export type WorkflowUpdate = Schemas['WorkflowUpdate'];
/** Which of the connected machines respond. */
export type MachinesHealth = Schemas['MachinesHealthCheckResponse'];
export type RunAttachmentResponse = Schemas['RunAttachmentResponse'];
export type RunAttachmentPage = Schemas['RunAttachmentPage'];
