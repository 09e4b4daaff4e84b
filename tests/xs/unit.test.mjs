/**
 * The unit tests inside XS, each reported as a test of its own: on the npm package's XS in the build with the
 * address and undefined behaviour sanitizers, and on the SDK's XS where `VERIFICHAIN_SDK_TESTS` names the program
 * that mcconfig made of tests/, `VERIFICHAIN_BOARD_TESTS` the one of tests/board, with the ESP32's preferences and
 * primitives, and `VERIFICHAIN_PICO_TESTS` the one of tests/pico.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { expiry, limitText, patience } from "../../hosts/house/patience.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const builds = [
	{
		name: "unit tests inside the npm package's XS, sanitized",
		program: path.join(root, "build/linux/sanitize/verifichain"),
		main: ["--main", "tests/main"]
	}
];
if (process.env.VERIFICHAIN_SDK_TESTS !== undefined) {
	builds.push({
		name: "unit tests inside the SDK's XS",
		program: process.env.VERIFICHAIN_SDK_TESTS,
		main: []
	});
}

if (process.env.VERIFICHAIN_BOARD_TESTS !== undefined) {
	builds.push({
		name: "unit tests inside the SDK's XS, with the ESP32's preferences and primitives",
		program: process.env.VERIFICHAIN_BOARD_TESTS,
		main: []
	});
}

if (process.env.VERIFICHAIN_PICO_TESTS !== undefined) {
	builds.push({
		name: "unit tests inside the SDK's XS, with the Pico's preferences and primitives",
		program: process.env.VERIFICHAIN_PICO_TESTS,
		main: []
	});
}

function run({ program, main }, folder) {
	// A test has no way to see how busy the machine becomes meanwhile.
	const limit = ["--set", `limit=${patience(120_000)}`];
	const child = spawn(program, [...main, "--data", folder, ...limit], {
		stdio: ["pipe", "pipe", "pipe"],
		// XS never frees its machine's last chunks; everything else is checked.
		env: { ...process.env, ASAN_OPTIONS: "detect_leaks=0" }
	});
	let output = "";
	let errors = "";
	child.stdout.setEncoding("utf8").on("data", text => {
		output += text;
	});
	child.stderr.setEncoding("utf8").on("data", text => {
		errors += text;
	});
	const calm = expiry(1_200_000, () => {
		errors += `${limitText(1_200_000)}\n`;
		child.kill("SIGKILL");
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) => {
			calm();
			resolve({ output, errors, ending: signal ?? code });
		});
	});
}

for (const build of builds) test(build.name, group => report(build, group));

async function report(build, group) {
	const folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
	const { output, errors, ending } = await run(build, folder);
	await rm(folder, { recursive: true, force: true });
	let counted = 0;
	let failed = 0;
	const lines = output.split("\n");
	for (const [index, line] of lines.entries()) {
		const match = /^(ok|not ok) (.*)$/.exec(line);
		if (match === null) continue;
		counted += 1;
		const details = [];
		for (let next = index + 1; lines[next]?.startsWith("    "); next += 1) details.push(lines[next]);
		if (match[1] !== "ok") failed += 1;
		await group.test(match[2], context => {
			assert.equal(match[1], "ok", details.join("\n"));
			for (const detail of details) context.diagnostic(detail.trim());
		});
	}
	await group.test("the run comes to its end", () => {
		assert.match(output, new RegExp(`^${counted - failed} passed, ${failed} failed$`, "m"), errors);
		assert.equal(ending, failed === 0 ? 0 : 1, errors);
		assert.ok(counted > 0, "no test ran");
		assert.equal(errors, "");
	});
}
