#!/usr/bin/env node
// Starts the neokeys that npm installed for this platform, and ends as it ends.
"use strict";

const { spawn } = require("child_process");

const windows = process.platform === "win32";
const platform = `@neokeys/${process.platform}-${process.arch}`;

let program;
try {
  program = require.resolve(`${platform}/bin/neokeys${windows ? ".exe" : ""}`);
} catch {
  console.error(
    `neokeys: the package ${platform} is not installed, so there is no program for this platform.\n` +
      "If npm ran with --omit=optional or --no-optional, install again without it.\n" +
      "Other ways to install: https://github.com/neokeys/neokeys#install",
  );
  process.exit(2);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit", windowsHide: true });

// A terminal sends an interrupt to both; neokeys takes a second one for impatience.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}

child.on("error", (error) => {
  console.error(`neokeys: ${program} cannot be started: ${error.message}`);
  process.exit(2);
});
child.on("exit", (status, signal) => {
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exitCode = status;
  }
});
