/** What `npm test` shows of a run, by runs of tests that were made for it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { expiry, loadFactor, patience, until, within } from "../../hosts/house/patience.mjs";

const runner = fileURLToPath(new URL("../run.mjs", import.meta.url));
const scratch = mkdtempSync(path.join(os.tmpdir(), "verifichain-run-"));
const log = path.join(scratch, "log");

after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a file of tests with that text. */
function run(text, ...args) {
	const file = path.join(scratch, "made.test.mjs");
	writeFileSync(
		file,
		`import assert from "node:assert/strict";\nimport { describe, test } from "node:test";\n${text}`
	);
	const { NODE_TEST_CONTEXT, ...env } = process.env;
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[runner, ...(args.length > 0 ? args : [file])],
		{
			encoding: "utf8",
			env: { ...env, TEST_LOG: log }
		}
	);
	return { status, shown: stdout + stderr };
}

describe("a run that fails", () => {
	const { status, shown } = run(`
		for (let line = 0; line < 1_000; line += 1) console.log("noise");
		const long = Array.from({ length: 1_000 }, (_, line) => \`line \${line} \${"x".repeat(400)}\`).join("\\n");
		describe("many", () => {
			for (let number = 0; number < 40; number += 1) test(\`number \${number}\`, () => assert.fail(long));
			test("right", () => undefined);
		});
		test("slow", () => {
			throw new Error("did not print /x/ (time limit of 20 s, or longer by the load: a load of 9)");
		});
	`);

	test("fits a screen or two, whatever its tests have said", () => {
		assert.equal(status, 1);
		const lines = shown.trimEnd().split("\n");
		assert.ok(lines.length < 50 && lines.every(line => line.length < 120), shown);
		assert.doesNotMatch(shown, /noise/);
	});

	test("shows of a failure its name, where it begins, where it ends, and its place", () => {
		assert.match(shown, /^ {2}FAILED many > number 0\n {4}line 0 x+ \.\.\.\n/m);
		assert.match(shown, /\.\.\. \d+ lines \.\.\.\n(.*\n)? *line 999 x+ \.\.\.\n {4}at .*made\.test\.mjs:\d+/);
	});

	test("counts, tells of time limits with the load, and says where all of it stands", () => {
		assert.match(shown, /^1 passed, 41 failed\.$/m);
		assert.match(shown, /^1 of them ran into a time limit, with a load of \d+\.\d on \d+ cores now\.$/m);
		assert.ok(shown.endsWith(`All that was said stands in ${log}\n`), shown);
		const all = readFileSync(log, "utf8");
		assert.ok(all.includes("noise") && all.includes("number 39"));
	});
});

test("a run that succeeds says how many tests it were, and no more", () => {
	const { status, shown } = run(`
		test("one", () => undefined);
		test("none", { skip: "for a reason" }, () => undefined);
	`);
	assert.equal(status, 0, shown);
	assert.match(shown, /^\S*made\.test\.mjs\n\n1 passed, 0 failed, 1 skipped\.\n$/);
});

test("a folder that there is not is no empty run", () => {
	const { status, shown } = run("", "scenario");
	assert.equal(status, 64);
	assert.match(shown, /^There is no folder of tests scenario: .*scenarios/);
});

describe("a time limit", () => {
	test("is as many times as long as there are programs for each core", context => {
		const cores = os.availableParallelism();
		context.mock.method(os, "loadavg", () => [0.1, 0, 0]);
		assert.deepEqual([loadFactor(), patience(1_000)], [1, 1_000]);
		context.mock.method(os, "loadavg", () => [cores * 5, 0, 0]);
		assert.deepEqual([loadFactor(), patience(1_000)], [5, 5_000]);
	});

	test("that is over while the machine is busy is given what that has cost, and then names it", async context => {
		let load = os.availableParallelism() * 4;
		context.mock.method(os, "loadavg", () => [load, 0, 0]);
		const begin = Date.now();
		await new Promise(resolve => expiry(50, resolve));
		const busy = Date.now() - begin;
		assert.ok(busy >= 195, `${busy} ms`);
		load = 0;
		await assert.rejects(
			within(20, () => new Promise(() => undefined)),
			/^Error: time limit of 0\.02 s, or longer by the load: a load of 0\.0 on \d+ cores$/
		);
		await assert.rejects(
			until(() => false, 20),
			/^Error: what was waited for did not happen \(time limit/
		);
		await until(() => true, 20);
		assert.equal(await within(1_000, () => 7), 7);
	});
});
