/** The command line of a node, seen from outside: what it knows, and what it says of what it does not know. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

const root = new URL("../../", import.meta.url).pathname;
const program = join(root, "build/linux", process.env.GOAL ?? "release", "verifichain");
const scratch = mkdtempSync(join(tmpdir(), "verifichain-arguments-"));
const data = join(scratch, "data");

after(() => rmSync(scratch, { recursive: true, force: true }));

function run(...args) {
	const { status, stdout, stderr } = spawnSync(program, args, {
		input: "",
		encoding: "utf8",
		timeout: 60_000
	});
	return { status, stdout, stderr };
}

/** Runs it with a file of answers. */
function answered(text) {
	const path = join(scratch, "answers");
	writeFileSync(path, text, { mode: 0o600 });
	return run("--data", data, "--answers", path);
}

describe("what the command line does not know", () => {
	for (const [what, args, said] of [
		["a setting", ["--set", "foo=bar"], "--set foo: no such setting; --help lists them"],
		["letters that were swapped", ["--set", "lien=2"], "--set lien: no such setting; is it --set line=LINE?"],
		[
			"another case",
			["--set", "buttontask=lamp on"],
			'--set buttontask: no such setting; is it --set "buttonTask=WHO ACTION"?'
		],
		["an argument as a setting", ["--set", "prot=5"], "--set prot: no such setting; is it --port N?"],
		["a setting as an argument", ["--suit", "paper"], 'unknown argument "--suit"; is it --set suite=NAME?'],
		["a letter too few", ["--headles"], 'unknown argument "--headles"; is it --headless?'],
		["an equals sign", ["--port=5"], 'unknown argument "--port=5"; is it --port N?'],
		["nothing like it", ["--xyzzy"], 'unknown argument "--xyzzy"; --help lists them'],
		["a letter", ["-x"], 'unknown argument "-x"; --help lists them'],
		["what is longer than all", [`--${"port".repeat(100)}`], "--help lists them"]
	]) {
		test(`${what} ends it with what was meant, before anything is made`, () => {
			const { status, stdout, stderr } = run("--data", data, ...args);
			assert.deepEqual([status, stdout], [64, ""]);
			assert.match(stderr, /^verifichain: .*\n$/);
			assert.ok(stderr.endsWith(`${said}\n`), stderr);
			assert.ok(!existsSync(data));
		});
	}

	test("in a file of answers is told by its line, without what stands there", () => {
		const slip = answered("# mine\nname=lamp\nhomePasword=secret words\n");
		assert.deepEqual(slip, {
			status: 64,
			stdout: "",
			stderr: "verifichain: --answers, line 3: no such setting; is it homePassword=WORDS in --answers FILE?\n"
		});
		const other = answered("correct horse secret=battery\n");
		assert.equal(other.status, 64);
		assert.match(other.stderr, /line 1: no such setting; --help lists them\n$/);
		assert.doesNotMatch(other.stderr, /correct|secret|battery/);
	});
});

test("without --data a node says what is missing, and asks nothing", () => {
	const { status, stdout, stderr } = run("--port", "5");
	assert.deepEqual([status, stdout], [64, ""]);
	assert.match(stderr, /^verifichain: --data DIR is missing: .*\n$/);
});

describe("--help", () => {
	const { status, stdout, stderr } = run("--data", data, "--help");

	test("fits a screen and makes nothing", () => {
		assert.deepEqual([status, stderr, existsSync(data)], [0, "", false]);
		const lines = stdout.trimEnd().split("\n");
		assert.ok(lines.length <= 24 && lines.every(line => line.length < 100), stdout);
	});

	test("names all settings that there are, and the program knows each of them", () => {
		const source = readFileSync(join(root, "modules/node/settings.ts"), "utf8");
		const calls = [...source.matchAll(/\b(?:text|pin|number)\(\s*"(\w+)"/g)].map(([, name]) => name);
		const values = [...source.matchAll(/\bvalues\.(\w+)/g)].map(([, name]) => name);
		const names = new Set([...calls, ...values]);
		assert.ok(names.size >= 15, [...names].join(" "));
		for (const name of names) {
			if (["headless", "peers", "port"].includes(name)) continue;
			// Boards take these at their build; on Linux they are of no use.
			if (!["ssid", "password"].includes(name)) assert.ok(stdout.includes(`${name}=`), name);
			const { stderr: refusal } = answered(`${name}=\nnone=\n`);
			assert.match(refusal, /line 2: no such setting/, name);
		}
	});
});

test("--version is that of the package, and names the engine", () => {
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const { status, stdout } = run("--version");
	assert.equal(status, 0);
	assert.match(stdout, /^verifichain \d+\.\d+\.\d+, XS \d+\.\d+\n$/);
	assert.ok(stdout.startsWith(`verifichain ${version},`), stdout);
});

test("a port that another program has ends it with a status at which a service is started again", async () => {
	const other = createSocket("udp4");
	await new Promise(resolve => other.bind(0, resolve));
	const { port } = other.address();
	try {
		for (const more of [[], ["--headless"]]) {
			const { status, stdout, stderr } = run("--data", data, "--port", `${port}`, ...more);
			assert.equal(status, 75);
			assert.match(stdout + stderr, new RegExp(`port ${port}: `));
		}
	} finally {
		other.close();
	}
	const unit = readFileSync(join(root, "hosts/linux/verifichain.service"), "utf8");
	assert.match(unit, /^Restart=always$/m);
	assert.doesNotMatch(unit, /^RestartPreventExitStatus=.*\b75\b/m);
});
