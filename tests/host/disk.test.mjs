/** A node whose disk cannot be read, or written: it says so, and never takes that for damage. Seen from outside. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	chownSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = join(root, "build/linux", process.env.GOAL ?? "release", "verifichain");
const scratch = mkdtempSync(join(tmpdir(), "verifichain-disk-"));
const library = join(scratch, "failing.so");
/** What an impatient person, or a script, has typed ahead. */
const ahead = ["y", "wipe", "lamp", "light", "correct horse", "2580", "begun", "wipe"];
/** A node of a home of its own that was stopped; each test takes a copy. */
const model = join(scratch, "model");
let copies = 0;

after(() => rmSync(scratch, { recursive: true, force: true }));

before(async () => {
	chmodSync(scratch, 0o755);
	execFileSync("cc", ["-shared", "-fPIC", "-o", library, join(root, "tests/host/failing.c"), "-ldl"]);
	const node = await nodeAt(model);
	node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
	await node.waitFor(/ready /);
	await node.stop();
});

async function nodeAt(data) {
	const [port] = await freePorts(1);
	return new NodeProcess({ build: program, data, port, settings: ["rounds=1000", "line=2"] });
}

/** A copy of the model, and the folder of its values. */
function copy() {
	copies += 1;
	const data = join(scratch, `copy-${copies}`);
	cpSync(model, data, { recursive: true });
	return { data, kept: join(data, "verifichain") };
}

/** Runs the node to its end with all that was typed ahead: `command` may be another that runs it. */
async function run(data, { command = [program], ...options } = {}) {
	const [port] = await freePorts(1);
	const [first, ...rest] = command;
	const args = [...rest, "--data", data, "--port", `${port}`, "--set", "line=2"];
	const child = spawn(first, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
	const output = { out: "", err: "" };
	child.stdout.setEncoding("utf8").on("data", part => {
		output.out += part;
	});
	child.stderr.setEncoding("utf8").on("data", part => {
		output.err += part;
	});
	child.stdin.on("error", () => undefined);
	child.stdin.write(`${ahead.join("\n")}\n`);
	const timer = setTimeout(() => child.stdin.end(), 3_000);
	const [code] = await once(child, "close");
	clearTimeout(timer);
	return { code, ...output };
}

/** All that is kept, by name. */
function contents(kept) {
	return readdirSync(kept)
		.sort()
		.map(name => [name, readFileSync(join(kept, name), "hex")]);
}

function checkRefusal({ code, out, err }, name, reason) {
	assert.equal(code, 74, out + err);
	assert.doesNotMatch(out + err, /wipe|damaged|checkpoint/i);
	assert.match(err, new RegExp(`^verifichain: [^\\n]*${name}[^\\n]* cannot be read: [^\\n]*${reason}\\n$`));
}

describe("what cannot be read ends the node with the reason, and all stays as it was", () => {
	test("a disk that fails, whichever value it is at", async () => {
		const { data, kept } = copy();
		const all = contents(kept);
		const names = all.map(([name]) => name);
		assert.ok(names.includes("identity") && names.includes("b0"), names.join(" "));
		for (const name of names) {
			const env = { ...process.env, LD_PRELOAD: library, FAIL_READ: name };
			checkRefusal(await run(data, { env }), name, "Input/output error");
			assert.deepEqual(contents(kept), all);
		}
	});

	test("a folder where a file should be", async () => {
		const { data, kept } = copy();
		rmSync(join(kept, "identity"));
		mkdirSync(join(kept, "identity"));
		checkRefusal(await run(data), "identity", "Is a directory");
	});

	test("a file that belongs to another user", async context => {
		const isRoot = process.getuid() === 0;
		const { data, kept } = copy();
		const all = contents(kept);
		const identity = join(kept, "identity");
		const options = isRoot ? { uid: 65534, gid: 65534 } : {};
		if (isRoot) {
			for (const place of [data, kept, ...all.map(([name]) => join(kept, name))])
				chownSync(place, 65534, 65534);
			chownSync(identity, 0, 0);
			chmodSync(identity, 0o600);
			try {
				execFileSync("test", ["-x", program], options);
			} catch {
				return context.skip("another user cannot run the program where it is");
			}
		} else chmodSync(identity, 0);
		checkRefusal(await run(data, options), "identity", "Permission denied");
		chmodSync(identity, 0o600);
		assert.deepEqual(contents(kept), all);
	});

	test("no descriptors left, at whatever point of the start", async () => {
		const { data, kept } = copy();
		const all = contents(kept);
		let [refused, started] = [0, 0];
		for (let limit = 3; limit <= 20 && started < 2; limit += 1) {
			const command = ["sh", "-c", `ulimit -n ${limit} && exec "$0" "$@"`, program];
			const { code, out, err } = await run(data, { command });
			assert.doesNotMatch(out + err, /Type wipe|damaged/, `${limit}`);
			if (out.includes("ready ")) started += 1;
			else {
				refused += 1;
				assert.notEqual(code, 0, `${limit}: ${out}${err}`);
				assert.ok(err !== "" || out !== "", `${limit}`);
			}
			const identity = all.find(([name]) => name === "identity");
			assert.deepEqual(
				contents(kept).find(([name]) => name === "identity"),
				identity
			);
		}
		assert.ok(refused > 0 && started > 0, `${refused} refused, ${started} started`);
	});
});

describe("a node whose identity is damaged", () => {
	test("is not wiped by what was typed ahead, but by the word of who was asked", async () => {
		const { data, kept } = copy();
		writeFileSync(join(kept, "identity"), "no identity");
		const all = contents(kept);
		const { code, out } = await run(data);
		assert.match(out, /"identity" is damaged[\s\S]*Type wipe, or no:\n/);
		assert.match(out, /that was typed before the question was there; once more:/);
		assert.deepEqual([code, contents(kept)], [0, all]);

		const node = await nodeAt(data);
		node.start(...ahead);
		await node.waitFor(/typed before the question[\s\S]*answer wipe or no/);
		await wait(1_500);
		for (const line of ["y", "yes", "wipe it"]) await node.ask(line, /answer wipe or no/);
		assert.deepEqual(contents(kept), all);
		node.type("wipe");
		assert.equal(await node.ended(), 0);
		assert.deepEqual(contents(kept), []);
	});
});

test("a disk that became read-only is told as that, once and then by its count", async () => {
	const { data } = copy();
	const flag = join(scratch, "read-only");
	const node = await nodeAt(data);
	node.env = { LD_PRELOAD: library, FAIL_WRITE: flag };
	node.start();
	await node.waitFor(/ready /);
	writeFileSync(flag, "");
	for (let count = 0; count < 12; count += 1) await node.ask(`grant lamp unlock lamp`, /\n/);
	await node.ask("invite 60", /Inviting/);
	const other = await nodeAt(join(scratch, "joiner"));
	other.peers.push(`127.0.0.1:${node.port}`);
	other.onLine = line => {
		if (/^Not joined: (?!.*Trying again)/.test(line))
			for (const answer of ["correct horse", "2580"]) other.type(answer);
	};
	other.start("n", "door", "lock", "correct horse", "2580");
	for (let tries = 0; tries < 12; tries += 1) await other.waitFor(/Not joined: /);
	await other.stop();
	const told = node.output.match(/^\* .*Read-only file system.*$/gm) ?? [];
	assert.match(told[0] ?? node.output, /^\* "b1" cannot be kept: .*Read-only file system$/);
	assert.ok(
		told.length <= 2 && told.slice(1).every(line => line.endsWith("(10 times by now)")),
		told.join("\n")
	);
	assert.doesNotMatch(node.output + other.output, /makes room|no room/);
	assert.match(other.output, /Not joined: the flash fails/);
	await node.ask("status", /it refuses more \(.*Read-only file system\)\n/);
	await node.stop();
});
