import type { StageSettings } from '../../../lib/settings/stage-settings.ts';
import { everySetting } from './settings.ts';

/** By partition: a region of it, and the host of its console. */
export const PARTITIONS = {
  aws: ['eu-central-1', 'console.aws.amazon.com'],
  'aws-us-gov': ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  'aws-cn': ['cn-north-1', 'console.amazonaws.cn'],
  'aws-eusc': ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
} as const;
export type Partition = keyof typeof PARTITIONS;

/** Every setting, as a stage of this partition has it. */
export function settingsIn(partition: Partition): StageSettings {
  const text = JSON.stringify({ ...everySetting, monitoring: 'full' })
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll('eu-central-1', PARTITIONS[partition][0]);
  return JSON.parse(text) as StageSettings;
}
