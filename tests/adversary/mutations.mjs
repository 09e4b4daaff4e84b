/**
 *     npm run mutations [-- WORD]
 *
 * Puts each fault of mutation-list.mjs into a copy of the build and looks whether the adversary finds it, and the unit test that is
 * named for it. Exit code 1 when one is not found. WORD: only those whose name has it.
 */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mutate } from "../harness/mutate.mjs";
import { mutations } from "./mutation-list.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const build = `${root}build/js`;
const copy = `${root}build/mutated`;
const word = process.argv[2] ?? "";

/** Runs a script on the mutated build. Returns what it printed, and whether it found something. */
function run(script, ...args) {
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		["--import", `${root}tests/node/register.mjs`, `${root}tests/adversary/${script}`, ...args],
		{ cwd: root, env: { ...process.env, ADVERSARY_BUILD: copy }, encoding: "utf8" }
	);
	if (status !== 0 && status !== 1) throw new Error(`${script}: ${stderr}`);
	return { isFound: status === 1, text: stdout.trim() };
}

let missed = 0;
rmSync(copy, { recursive: true, force: true });
cpSync(build, copy, { recursive: true });
for (const { name, property = "commands", edits, unit, why } of mutations) {
	if (!name.includes(word)) continue;
	const takeBack = mutate(copy, edits);
	const began = Date.now();
	const adversary = run("hunt.mjs", property, why === undefined ? "4000" : "200");
	const took = Math.round((Date.now() - began) / 1000);
	const test = unit && run("one-unit.mjs", ...unit);
	const isFound = (adversary.isFound || why !== undefined) && (test?.isFound ?? true);
	if (!isFound) missed += 1;
	const unitText = test === undefined ? "" : `; unit test: ${test.isFound ? "found" : "NOT FOUND"}`;
	const found = adversary.isFound ? "found" : why === undefined ? "NOT FOUND" : `cannot see it: ${why}`;
	console.log(
		`${isFound ? "ok" : "not ok"} ${name}\n    adversary: ${found} (${took} s; ${adversary.text})${unitText}`
	);
	takeBack();
}
rmSync(copy, { recursive: true, force: true });
console.log(missed === 0 ? "every mutation was found" : `${missed} not found`);
process.exitCode = missed === 0 ? 0 : 1;
