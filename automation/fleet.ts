import { Command } from "commander";
import { runCommand } from "./commandLine";
import { doctorCommand } from "./doctor/command";
import { fleetCommands } from "./fleet/commands";
import { kindCommand } from "./kind/command";

const program = new Command("fleet")
    .description("The life of a fleet: an environment's stack and the shards that hold its customers.")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
for (const command of [...fleetCommands(), doctorCommand(), kindCommand()]) {
    program.addCommand(command);
}

void runCommand(program.parseAsync());
