// node stop.mjs in.wasm out.wasm
//
// Makes a Rust module stop at once where it would panic. What a panic says is made by core's formatting, which nothing else
// in the widget uses, and said to nobody there; rustc has a flag for it (`-Cpanic=immediate-abort`) that needs a standard
// library of one's own making. The module must still have its names.

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const [from, to] = process.argv.slice(2);
// Mangled names hold each part of a path with its length before it.
const STOPS = /4core9panicking|handle_alloc_error|handle_error|slice_index_fail|slice_error_fail|4core6option13(unwrap|expect)_failed|4core6result13unwrap_failed|copy_from_slice_impl|4core3fmt|4core3str5count|capacity_overflow|panic_const/;

const module = binaryen.readBinary(readFileSync(from));
let stopped = 0;
for (let i = 0; i < module.getNumFunctions(); i++) {
  const reference = module.getFunctionByIndex(i);
  const { name, module: imported } = binaryen.getFunctionInfo(reference);
  if (imported || !STOPS.test(name)) continue;
  binaryen.Function(reference).body = module.unreachable();
  stopped++;
}
if (!stopped) throw new Error(`${from} has no function that stops: were its names taken off?`);
writeFileSync(to, module.emitBinary());
