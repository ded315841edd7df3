import type { Command } from 'commander';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { grammarOf } from './grammar.ts';
import { zshScript } from './zsh.ts';

export const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
export type Shell = keyof typeof SHELLS;

/** A script for the shell, made from the verbs and options that there are. */
export const completionScript = (program: Command, shell: Shell): string => SHELLS[shell](grammarOf(program));
