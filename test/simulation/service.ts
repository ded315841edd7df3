/** What a process sends its requests to. */
export type Service = 'table' | 'queue' | 'secrets' | 'topics' | 'destinations' | 'api';
