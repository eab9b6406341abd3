import { ConfigError } from "../config/problems";

/** What whoever typed the command got wrong. Its message is all that they need. */
export class UsageError extends Error {}

/** Runs a command to its end. A mistake of its user is told without a stack trace; the command then ends with 1. */
export async function runCommand(command: Promise<unknown>): Promise<void> {
    try {
        await command;
    } catch (error) {
        console.error(error instanceof UsageError || error instanceof ConfigError ? error.message : error);
        process.exitCode = 1;
    }
}
