import { createInterface } from 'node:readline/promises';
import { NotConfirmedError } from '../errors.ts';

/** Asks for the code of a device that a profile of the AWS configuration needs. @throws NotConfirmedError */
export async function askMfaCode(serial: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new NotConfirmedError(
      `the AWS profile needs a code of the device ${serial}, and there is no terminal to ask on`,
      {
        next: 'run the command in a terminal, or get credentials for the session first ("aws sts get-session-token")',
      },
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`Code of the device ${serial}: `)).trim();
  } finally {
    lines.close();
  }
}
