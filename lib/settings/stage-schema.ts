import * as v from 'valibot';
import { text } from './checks.ts';

/** One entry per setting that a stage has beside the construct's options. */
export const stageEntries = {
  name: v.optional(
    text((name) => /^[A-Za-z][A-Za-z0-9-]{0,30}$/.test(name), 'must be up to 31 letters, digits and hyphens'),
  ),
  account: v.optional(text((account) => /^\d{12}$/.test(account), 'is not an account id of 12 digits')),
  region: v.optional(text((region) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(region), 'is not an AWS region')),
};
