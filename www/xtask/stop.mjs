// node stop.mjs in.wasm out.wasm
//
// Makes a Rust module stop at once where it would panic. What a panic says is made by core's formatting, which nothing else
// in the widget uses, and said to nobody there; rustc has a flag for it (`-Cpanic=immediate-abort`) that needs a standard
// library of one's own making. The module must still have its names.

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const [from, to] = process.argv.slice(2);
// Mangled names hold each part of a path with its length before it.
const STOPS = /4core9panicking|handle_alloc_error|handle_error|slice_index_fail|slice_error_fail|4core6option13(unwrap|expect)_failed|4core6result13unwrap_failed|len_mismatch_fail|4core3fmt|capacity_overflow|panic_const/;

const module = binaryen.readBinary(readFileSync(from));
let stopped = 0;
for (let i = 0; i < module.getNumFunctions(); i++) {
  const reference = module.getFunctionByIndex(i);
  const { name, module: imported } = binaryen.getFunctionInfo(reference);
  if (imported || !STOPS.test(name)) continue;
  binaryen.Function(reference).body = module.unreachable();
  stopped++;
}
// What they would have said stays behind in the data, which nobody prunes; nothing compresses better.
const SAYS = /slice index starts at | but ends at |index out of bounds: the len is | but the index is |range (start|end) index | out of range for slice of length |\/rustc\/[0-9a-f]{40}\/[\w\/.-]+|widget\/[\w\/]+\.rs|memory allocation of | bytes failed|capacity overflow|000102030405[0-9]{188}/g;

if (!stopped) throw new Error(`${from} has no function that stops: were its names taken off?`);
const bytes = Buffer.from(module.emitBinary());
for (const { 0: said, index } of bytes.toString("latin1").matchAll(SAYS)) bytes.fill(0, index, index + said.length);
writeFileSync(to, bytes);
