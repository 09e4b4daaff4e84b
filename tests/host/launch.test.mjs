/**
 * `npm run node` from outside, in a copy of the project: it builds what was changed, once, and a start never meets the half of
 * a build. The objects of C are taken along, or the first build would take a minute.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts } from "../../hosts/house/node-process.mjs";
import { until } from "../../hosts/house/patience.mjs";

const root = new URL("../../", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "verifichain-launch-"));
const project = join(scratch, "a project");
const started = [];

after(() => {
	for (const child of started) child.kill("SIGKILL");
	rmSync(scratch, { recursive: true, force: true });
});

mkdirSync(project);
for (const name of ["main.ts", "modules", "hosts", "tsconfig.json", "package.json", "package-lock.json"])
	cpSync(join(root, name), join(project, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
const objects = join(project, "build/linux/release");
cpSync(join(root, "build/linux/release"), objects, { recursive: true });
rmSync(join(objects, "verifichain"));
// Newer than the copied sources.
execFileSync("find", [objects, "-name", "*.o", "-exec", "touch", "{}", "+"]);

/** A node of the copy as `npm run node` starts it, in a group of its own. */
function start(port) {
	const args = ["run", "-s", "node", "--", "--data", join(scratch, `${port}`), "--port", `${port}`];
	const child = spawn("npm", args, { cwd: project, stdio: ["pipe", "pipe", "pipe"] });
	started.push(child);
	child.text = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", part => {
			child.text += part;
		});
	}
	child.over = once(child, "close");
	return child;
}

async function printed(child, text) {
	await until(
		() => child.text.includes(text) || child.exitCode !== null,
		120_000,
		() => child.text
	);
	assert.ok(child.text.includes(text), child.text);
	return child;
}

/** The names of the builds that were kept, and of what may be under way. */
function builds() {
	const place = join(project, "build/start");
	return existsSync(place) ? readdirSync(place).sort() : [];
}

const question = "Is this the first node of a new home?";

test("starts at one instant in a fresh copy all come to their first question, by one build", async () => {
	const ports = await freePorts(4);
	const nodes = ports.map(port => start(port));
	await Promise.all(nodes.map(node => printed(node, question)));
	const told = nodes.filter(({ text }) => text.includes("Building"));
	assert.equal(told.length, 1, nodes.map(({ text }) => text).join("---\n"));
	assert.equal(builds().length, 1);
	for (const node of nodes) {
		node.stdin.end();
		assert.deepEqual(await node.over, [0, null], node.text);
	}
});

test("a start after it builds nothing", async () => {
	const before = builds();
	const [port] = await freePorts(1);
	const node = await printed(start(port), question);
	assert.doesNotMatch(node.text, /Building/);
	assert.deepEqual(builds(), before);
	node.stdin.end();
	await node.over;
});

test("what does not compile is told, starts nothing, and takes nothing from the nodes that run", async () => {
	const source = join(project, "modules/clock/clock.ts");
	const whole = execFileSync("cat", [source], { encoding: "utf8" });
	const [port, other] = await freePorts(2);
	const running = await printed(start(port), question);
	appendFileSync(source, "export const wrong: number = 'a text';\n");
	const failed = start(other);
	const [code] = await failed.over;
	assert.notEqual(code, 0);
	assert.match(failed.text, /modules\/clock\/clock\.ts.*error TS2322/);
	assert.match(failed.text, /verifichain: .*failed\.\n$/);
	assert.doesNotMatch(failed.text, /first node/);

	running.stdin.write("maybe\n");
	await printed(running, "answer y or n");
	running.stdin.end();
	await running.over;

	cpSync(join(root, "modules/clock/clock.ts"), source);
	assert.equal(execFileSync("cat", [source], { encoding: "utf8" }), whole);
	const again = await printed(start(other), question);
	assert.doesNotMatch(again.text, /Building/, "that state was built before");
	again.stdin.end();
	await again.over;
});

test("a build that was killed at any time leaves nothing that the next start takes for one", async () => {
	appendFileSync(join(project, "modules/clock/clock.ts"), "// changed\n");
	for (const pause of [100, 400, 800, 1_200]) {
		const build = spawn("node", ["hosts/launch.mjs"], { cwd: project, detached: true, stdio: "ignore" });
		await wait(pause);
		try {
			process.kill(-build.pid, "SIGKILL");
		} catch {
			// It has come to its end before.
		}
	}
	const [port] = await freePorts(1);
	const node = await printed(start(port), question);
	node.stdin.end();
	assert.deepEqual(await node.over, [0, null], node.text);
});
