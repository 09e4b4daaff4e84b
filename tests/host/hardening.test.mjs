/**
 * What protects the secrets of a node that runs on Linux: how its program is built, and that its memory is nobody
 * else's. Of release builds alone: the others are there to be looked into.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { readProgram } from "./elf.mjs";

const root = new URL("../../", import.meta.url).pathname;
const goal = process.env.GOAL ?? "release";
const release = join(root, "build/linux", goal, "verifichain");
const skip = goal === "release" ? false : "not a release build";
const scratch = mkdtempSync(join(tmpdir(), "verifichain-hardening-"));

after(() => rmSync(scratch, { recursive: true, force: true }));

for (const program of [release, process.env.VERIFICHAIN_SDK]) {
	const isThere = program === undefined ? "no build by mcconfig here" : skip;
	test(`the program made by ${program === release ? "npm" : "mcconfig"} is hardened`, {
		skip: isThere
	}, () => {
		const { names, ...mapping } = readProgram(program);
		assert.deepEqual(mapping, {
			isAtAnyAddress: true,
			bindsAtStart: true,
			locksTables: true,
			stackRuns: false,
			writesWhatRuns: false
		});
		for (const name of ["__stack_chk_fail", "__memcpy_chk", "__snprintf_chk", "__vsnprintf_chk"]) {
			assert.ok(names.includes(name), name);
		}
	});
}

const analyze = spawnSync("systemd-analyze", ["security", "--help"], { encoding: "utf8" });
const isOffline = analyze.stdout?.includes("--offline")
	? false
	: "needs systemd-analyze of systemd 250 or later";
test("the service is shut in: systemd rates it below 2 of 10", { skip: isOffline }, () => {
	const unit = join(root, "hosts/linux/verifichain.service");
	const args = ["security", "--offline=true", "--no-pager", "--threshold=20", unit];
	const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
	assert.equal(status, 0, stdout + stderr);
	assert.match(stdout, /Overall exposure level/);
});

describe("a process's memory", { skip }, () => {
	/** Not as root, who may do anything, where the program can be run by somebody else. */
	const other = { uid: 65534, gid: 65534 };
	const mayRun = options => spawnSync(release, ["--unknown"], options).status === 64;
	const user = process.getuid() === 0 && mayRun(other) ? other : {};
	const children = [];
	let folders = 0;

	afterEach(() => {
		for (const child of children.splice(0)) child.kill("SIGKILL");
	});

	/** Runs a shell that takes its name's place, where cores are allowed, in a folder of its own. */
	async function start(program, args) {
		folders += 1;
		const cwd = join(scratch, `${folders}`);
		spawnSync("mkdir", [cwd]);
		if (user.uid !== undefined) chownSync(cwd, user.uid, user.gid);
		chmodSync(scratch, 0o755);
		const script = 'ulimit -c unlimited || ulimit -c hard; exec "$0" "$@"';
		const child = spawn("sh", ["-c", script, program, ...args], {
			...user,
			cwd,
			stdio: ["pipe", "pipe", "pipe"]
		});
		children.push(child);
		child.over = once(child, "exit");
		await once(child.stdout, "data");
		return { child, cwd };
	}

	for (const signal of ["SIGSEGV", "SIGABRT", "SIGILL"]) {
		test(`is not left behind in a core by ${signal}`, async context => {
			const { child, cwd } = await start(release, ["--main", "tests/host/fixtures/open"]);
			child.kill(signal);
			assert.deepEqual(await child.over, [null, signal]);
			assert.deepEqual(readdirSync(cwd), []);
			const plain = await start("sh", ["-c", "echo; read line"]);
			plain.child.kill(signal);
			await plain.child.over;
			const isShown = readdirSync(plain.cwd).length > 0;
			if (!isShown)
				context.diagnostic("this system leaves no core of any process where one could look for it");
		});
	}

	const isRoot = process.getuid() === 0 && user.uid === undefined ? "root may do anything" : false;
	test("is not for other processes of its user", { skip: isRoot }, async () => {
		const { child } = await start(release, ["--main", "tests/host/fixtures/open"]);
		assert.equal(statSync(`/proc/${child.pid}/mem`).uid, 0, "the kernel's, not its user's");
		assert.match(readFileSync(`/proc/${child.pid}/status`, "utf8"), /^Uid:\s+(?!0\b)/m);
		const looked = spawnSync("cat", [`/proc/${child.pid}/maps`], { ...user, encoding: "utf8" });
		assert.match(looked.stderr, /Permission denied/);
	});
});
