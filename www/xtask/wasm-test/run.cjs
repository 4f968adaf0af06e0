// Runs every test of one wasm binary that wasm-bindgen bound for Node: `node run.cjs …/tests.js`.
// The exports it uses belong to wasm-bindgen-test's runtime, which Cargo.toml pins.
"use strict";

const { readFileSync } = require("node:fs");

// What a test reads from outside: see src/lib.rs.
globalThis.candorVariable = (name) => process.env[name];
globalThis.candorRead = (path) => readFileSync(path, "utf8");

const wasm = require(process.argv[2]);
const tests = Object.keys(wasm.__wasm).filter((name) => name.startsWith("__wbgt_"));

// The runtime collects what a test writes to the console and shows it when the test fails.
globalThis.__wbgtest_og_console_log = console.log;
globalThis.__wbgtest_og_console_error = console.error;
globalThis.__wbg_test_invoke = (test) => test();
const context = new wasm.WasmBindgenTestContext(false);
for (const method of ["debug", "log", "info", "warn", "error"]) {
  console[method] = (...words) => wasm[`__wbgtest_console_${method}`](words);
}

// Tests that need the folder of reference files are ignored without it.
context.include_ignored(process.env.CANDOR_REFERENCE !== undefined);
context.filtered_count(0);
context.run(tests.map((name) => wasm.__wasm[name])).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error) => {
    globalThis.__wbgtest_og_console_error(error);
    process.exit(1);
  },
);
