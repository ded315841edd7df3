// biome-ignore-all lint: generated
// biome-ignore-all format: generated
/* eslint-disable */
// Made by "npx --no cyberdesk-webhooks types" from the schemas of the workflows. Do not edit; commit it.
import { type ExactNumber, type JsonObject, schemasOf } from '../../../../lambda/rules/index.ts';

// Workflow "archive"
export type ArchiveInput = {
  number: string;
};
export type ArchiveOutput = JsonObject;

// Workflow "invoice"
export type InvoiceInput = JsonObject;
export type InvoiceOutput = {
  /**
   * As printed on the invoice
   */
  number: string;
  total: number | ExactNumber;
};

/** The types of each workflow that the stage settings name, for `followUps({ workflows, schemas }, …)`. */
export const schemas = schemasOf<{
  archive: { input: ArchiveInput; output: ArchiveOutput };
  invoice: { input: InvoiceInput; output: InvoiceOutput };
}>();
