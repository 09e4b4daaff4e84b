import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

const house = fileURLToPath(new URL("../../hosts/house/house.mjs", import.meta.url));

for (const suite of ["secure", "paper"]) {
	test(`the whole story plays by itself in the ${suite} suite and ends with 0`, () => play(suite));
}

async function play(suite) {
	const child = spawn(process.execPath, [house, "--story", "--suite", suite], {
		stdio: ["ignore", "pipe", "pipe"]
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", text => {
			output += text;
		});
	}
	const code = await new Promise(resolve => child.on("close", resolve));
	assert.equal(code, 0, output);
	assert.match(output, /The whole story was seen: 9 stages\./);
}

test("the house leaves a person at the switch's console and ends cleanly with its input", async () => {
	const child = spawn(process.execPath, [house], { stdio: ["pipe", "pipe", "pipe"] });
	let output = "";
	const seen = new Map();
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", text => {
			output += text;
			for (const [pattern, resolve] of seen) if (pattern.test(output)) resolve();
		});
	}
	const waitFor = pattern => new Promise(resolve => seen.set(pattern, resolve));
	const ended = new Promise(resolve => child.on("close", resolve));
	await Promise.race([waitFor(/You are at the console/), ended]);
	child.stdin.write("task door read\n");
	await Promise.race([waitFor(/door: locked/), ended]);
	child.stdin.end();
	assert.equal(await ended, 0, output);
	assert.match(output, /door: locked/);
});
