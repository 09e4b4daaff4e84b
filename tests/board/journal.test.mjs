/**
 * The boards' journal (hosts/board/journal.c), built for this machine with both sanitizers, on flash in memory whose
 * power fails. SEED repeats a run; without it each run takes another.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}build/board`;
const program = `${folder}/journal`;
const flags =
	"-std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=undefined";
const seed = process.env.SEED ?? String(Date.now());

before(() => {
	mkdirSync(folder, { recursive: true });
	const sources = ["tests/board/journal.c", "hosts/board/journal.c"];
	const built = spawnSync(process.env.CC ?? "cc", [...flags.split(" "), ...sources, "-o", program], {
		cwd: root,
		encoding: "utf8"
	});
	assert.equal(built.status, 0, built.stderr);
});

/** Runs a test of journal.c, which prints what it saw. */
function run(context, ...args) {
	const [name, ...more] = args;
	const { status, stdout, stderr } = spawnSync(program, [name, seed, ...more], { encoding: "utf8" });
	context.diagnostic(`seed ${seed}: ${stdout.trim()}`);
	assert.equal(status, 0, stdout + stderr);
	return stdout;
}

test("a change cut off at any program or erase leaves the old value or the new, and all others", context => {
	run(context, "cuts", "600");
});

test("thousands of changes, cut off at random, also while the journal is opened", context => {
	run(context, "random", "8000");
});

test("it takes what it promises to take, refuses more, and can be emptied when full", context => {
	run(context, "full");
});

test("all sectors wear alike, and one change takes few erases", context => {
	const [, most] = /at most \d+ programs and (\d+) erases/.exec(run(context, "wear", "4000")) ?? [];
	assert.ok(Number(most) <= 5, `${most} erases in one change`);
});

test("power that fails again and again at the first flash operations takes up no room for good", context => {
	run(context, "brownout");
});

test("the last value of a domain takes all its old ones with it, physically", context => {
	run(context, "reset");
});
