import { type Key, runOf } from '../../lambda/core/model/index.ts';

/** What a completion or a lineage belongs to: a run by its id, or another event by its partition. */
export const subjectIn = (key: Pick<Key, 'pk'>): string => runOf(key) ?? key.pk;
