import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import { program } from "../../hosts/house/node-process.mjs";
import { within } from "../../hosts/house/patience.mjs";

const house = fileURLToPath(new URL("../../hosts/house/house.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "verifichain-house-"));
const started = [];

after(() => {
	for (const child of started) child.kill("SIGTERM");
	rmSync(scratch, { recursive: true, force: true });
});

/** The demonstration with the program that the other tests run. */
function play(...args) {
	const env = { ...process.env, VERIFICHAIN: program };
	const child = spawn(process.execPath, [house, ...args], { stdio: ["pipe", "pipe", "pipe"], env });
	started.push(child);
	child.text = "";
	const waiting = new Set();
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", part => {
			child.text += part;
			for (const look of waiting) look();
		});
	}
	child.stdin.on("error", () => undefined);
	child.over = new Promise(resolve => child.on("close", resolve));
	/** Waits for what it prints from now on. */
	child.waitFor = pattern => {
		const from = child.text.length;
		const seen = new Promise(resolve => {
			const look = () => pattern.test(child.text.slice(from)) && resolve();
			waiting.add(look);
		});
		return within(60_000, () => Promise.race([seen, child.over]));
	};
	return child;
}

/** Nothing that went well looks as if it did not. */
const alarming = /refused: not on the chain|dropped: not on the chain|exception|damaged/;

for (const [suite, stages] of [
	["secure", 10],
	["paper", 9]
]) {
	test(`the whole story plays by itself in the ${suite} suite and ends with 0`, async () => {
		const child = play("--story", "--suite", suite);
		assert.equal(await child.over, 0, child.text);
		assert.ok(child.text.includes(`The whole story was seen: ${stages} stages.`), child.text);
		assert.doesNotMatch(child.text, alarming);
	});
}

test("what the house proposes works; it goes on with its home the next time, and begins anew when told so", async () => {
	const folder = join(scratch, "home");
	const visit = async (...args) => {
		const child = play("--folder", folder, ...args);
		await child.waitFor(/You are at the console/);
		const [, id] =
			/^([0-9a-f]{8}) {2}wall switch/m.exec(await ask(child, "members", /wall switch.*this node/)) ?? [];
		const proposed = [...child.text.matchAll(/"([^"]+)"/g)].map(([, text]) => text);
		assert.deepEqual(proposed.slice(-7, -2), [
			"task lamp off",
			"task door unlock",
			"members",
			"chain",
			"help"
		]);
		await ask(child, "task lamp off", /^lamp: off$/m);
		await ask(child, "task door unlock", /^door: unlocked$/m);
		await ask(child, "chain", /lamp let wall switch unlock door/);
		await ask(child, "help", /^quit /m);
		child.stdin.write("quit\n");
		assert.equal(await child.over, 0, child.text);
		assert.doesNotMatch(child.text, alarming);
		return { id, text: child.text };
	};
	const first = await visit();
	assert.match(first.text, /recovery key.*: [0-9A-Z]{5}( [0-9A-Z]{5}){10}\n/);
	const second = await visit();
	assert.match(second.text, /goes on/);
	assert.doesNotMatch(second.text, /founds the home|joins through/);
	assert.equal(second.id, first.id);
	const third = await visit("--fresh");
	assert.match(third.text, /founds the home/);
	assert.notEqual(third.id, first.id);
});

async function ask(child, command, pattern) {
	const from = child.text.length;
	const answered = child.waitFor(pattern);
	child.stdin.write(`${command}\n`);
	await answered;
	const said = child.text.slice(from);
	assert.match(said, pattern, child.text);
	return said;
}

test("a home that was not finished is begun anew; a folder with something else is left alone", async () => {
	const folder = join(scratch, "cut");
	const child = play("--folder", folder);
	await child.waitFor(/A door lock joins/);
	child.kill("SIGTERM");
	assert.equal(await child.over, 143, child.text);
	const again = play("--folder", folder);
	await again.waitFor(/You are at the console/);
	again.stdin.end();
	assert.equal(await again.over, 0, again.text);

	const other = join(scratch, "other");
	mkdirSync(join(other, "lamp"), { recursive: true });
	writeFileSync(join(other, "lamp/mine"), "mine");
	for (const args of [[], ["--fresh"]]) {
		const refused = play("--folder", other, ...args);
		assert.equal(await refused.over, 64, refused.text);
		assert.match(refused.text, /holds something else/);
		assert.equal(readFileSync(join(other, "lamp/mine"), "utf8"), "mine");
	}
	assert.ok(!existsSync(join(other, "house.json")));
});

test("arguments that it does not know are told", async () => {
	for (const args of [["--suit", "paper"], ["--suite", "papr"], ["paper"]]) {
		const child = play(...args);
		assert.equal(await child.over, 64, child.text);
		assert.ok(child.text.split("\n").length <= 3, child.text);
	}
});
