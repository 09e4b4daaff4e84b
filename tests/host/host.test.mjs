/**
 * The Linux host from outside: exit codes, messages, input, signals, storage. Needs what tsc and
 * `make -C hosts/linux` build; GOAL names another build than release.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { patience, until } from "../../hosts/house/patience.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = join(root, "build/linux", process.env.GOAL ?? "release", "verifichain");
const fixtures = "tests/host/fixtures";
const scratch = mkdtempSync(join(tmpdir(), "verifichain-host-"));
const written = [];
let folders = 0;

after(() => {
	rmSync(scratch, { recursive: true, force: true });
	for (const file of written) rmSync(file, { force: true });
});

/** A path below which nothing is yet. */
function folder() {
	folders += 1;
	return join(scratch, `data-${folders}`);
}

/** A script that tsc would not take, beside the compiled fixtures. */
function script(name, text) {
	const file = join(root, "build/js", fixtures, `${name}.js`);
	writeFileSync(file, text);
	written.push(file);
	return name;
}

const argumentsFor = (name, more) => ["--main", `${fixtures}/${name}`, ...more];

/** Runs a fixture to its end. */
function run(name, { args = [], input = "", env = {}, user = {} } = {}) {
	const { status, signal, stdout, stderr } = spawnSync(program, argumentsFor(name, args), {
		input,
		timeout: patience(60_000),
		encoding: "utf8",
		env: { ...process.env, ...env },
		...user
	});
	return { status, signal, stdout, stderr };
}

/** Starts a fixture and returns once it has written `text`. */
async function start(name, text, args = []) {
	const child = spawn(program, argumentsFor(name, args), { stdio: "pipe" });
	child.text = "";
	child.stdout.setEncoding("utf8").on("data", part => {
		child.text += part;
	});
	child.over = once(child, "exit");
	await until(
		() => child.text.includes(text),
		5_000,
		() => child.text
	);
	return child;
}

/** The line of a fixture that holds `text`. */
function lineOf(name, text) {
	const lines = readFileSync(join(root, fixtures, `${name}.ts`), "utf8").split("\n");
	return lines.findIndex(line => line.includes(text)) + 1;
}

describe("an error that escapes ends the process with code 70, a message and the TypeScript line", () => {
	for (const [name, message, place] of [
		["uncaught", "uncaught exception: TypeError: thrown in a callback", "throw new"],
		["import-throws", "uncaught exception: RangeError: thrown at import", "throw new"],
		["rejection", "unhandled rejection: Error: nobody waits for this", "throw new"],
		["recursion", "stack overflow", "deeper(level + 1)"],
		["native-recursion", "stack overflow", "map(() => deeper())"],
		["memory-chunks", "memory full", "kept.push"],
		["memory-slots", "memory full", "chain = { next: chain }"]
	]) {
		test(name, () => {
			const { status, stderr } = run(name, { args: ["--memory", "16000000"] });
			assert.equal(status, 70, stderr);
			assert.ok(stderr.startsWith(`${message}\n`), stderr);
			assert.ok(stderr.includes(`${fixtures}/${name}.ts:${lineOf(name, place)}`), stderr);
		});
	}

	test("what is thrown need not be an error", () => {
		const { status, stderr } = run("throws-text");
		assert.equal(status, 70);
		assert.equal(stderr, "uncaught exception: no error, only text\n");
	});

	test("its text is one line that no terminal obeys, and so is what is kept of it", () => {
		const name = script("evil", 'throw new Error("a\\x1b[2J\\nready\\u202e\\x9b");\n');
		const data = folder();
		const { status, stderr } = run(name, { args: ["--data", data] });
		assert.equal(status, 70);
		assert.match(stderr, /^[\n -~]+$/);
		assert.match(stderr, /^uncaught exception: Error: a\?\[2J\?ready\?+\n/);
		assert.match(
			readFileSync(join(data, "last.fault"), "utf8"),
			/^uncaught exception: Error: a\?\[2J\?ready\?+$/
		);
	});

	test("a rejection that is handled in time is none", () => {
		const { status, stdout, stderr } = run("handled");
		assert.deepEqual([status, stdout, stderr], [5, "caught Error: handled\n", ""]);
	});

	test("garbage is collected before memory is full", () => {
		const { status, stdout } = run("garbage", { args: ["--memory", "8000000"] });
		assert.deepEqual([status, stdout], [0, "1000000000\n"]);
	});
});

describe("a module that cannot be loaded is named", () => {
	test("the main module", () => {
		const { status, stderr } = run("no-such-file");
		assert.equal(status, 70);
		assert.match(stderr, /module "tests\/host\/fixtures\/no-such-file" not found/);
	});

	for (const specifier of ["./missing.js", "../../../../../outside.js", "unknown", "./lines", "mc/other"]) {
		test(`an import of "${specifier}", with who imports it`, () => {
			const name = script("imports-missing", `import x from "${specifier}";\n`);
			const { status, stderr } = run(name);
			assert.equal(status, 70);
			assert.match(stderr, new RegExp(`module "${specifier}" not found \\(imported by .*imports-missing`));
		});
	}

	test("one with a syntax error, with the line", () => {
		const { status, stderr } = run(script("broken", "const a = 1;\n\nconst b = ;\n"));
		assert.equal(status, 70);
		assert.match(stderr, /tests\/host\/fixtures\/broken\.js:3: /);
	});

	test("an import of a name that is not exported", () => {
		const { status, stderr } = run(script("no-export", 'import { nothing } from "entropy";\nnothing();\n'));
		assert.equal(status, 70);
		assert.match(stderr, /SyntaxError.*nothing/);
	});

	test("natives are for the host's own modules", () => {
		const { status, stderr } = run(script("native", 'function f() @ "xs_time_ticks";\n'));
		assert.equal(status, 70);
		assert.match(stderr, /native\.js:1: /);
	});
});

describe("the command line", () => {
	test("is what mc/config exports", () => {
		const { stdout } = run("config", {
			args: [
				"--data",
				folder(),
				"--port",
				"5683",
				"--peer",
				"192.0.2.1:5683",
				"--peer",
				"192.0.2.2:1"
			].concat(["--set", "name=lamp", "--set", "empty=", "--set", "sum=1+1=2"])
		});
		const { data, ...others } = JSON.parse(stdout);
		assert.ok(data.startsWith(scratch));
		assert.deepEqual(others, {
			port: 5683,
			peers: ["192.0.2.1:5683", "192.0.2.2:1"],
			name: "lamp",
			empty: "",
			sum: "1+1=2"
		});
		assert.deepEqual(JSON.parse(run("config").stdout), { peers: [] });
	});

	for (const args of [
		["--unknown"],
		["stray"],
		["--port"],
		["--port", "70000"],
		["--port", "-1"],
		["--port", "5x"],
		["--port", " 5"],
		["--peer", "192.0.2.1"],
		["--peer", ":5683"],
		["--peer", "192.0.2.1:0"],
		["--set", "novalue"],
		["--set", "=x"],
		["--set", "port=5"],
		["--data", ""],
		["--memory", "1"]
	]) {
		test(`refuses ${args.join(" ")} with one line and code 64`, () => {
			const { status, stdout, stderr } = run("config", { args });
			assert.equal(status, 64);
			assert.equal(stdout, "");
			assert.match(stderr, /^verifichain: .+\n$/);
		});
	}

	for (const [args, code] of [
		[["--fr\x1b[2Job\n\u202e\r"], 64],
		[["--set", "a\x1b]0;owned\x07"], 64],
		[["--answers", "/proc/a\x1b[2J\nb"], 64],
		[["--data", "/proc/a\x1b[2J\nb"], 73]
	]) {
		test(`repeats ${JSON.stringify(args.join(" "))} as one plain line`, () => {
			const { status, stderr } = run("config", { args });
			assert.equal(status, code);
			assert.match(stderr, /^verifichain: [ -~]+\n$/);
		});
	}
});

describe("input and output", () => {
	test("lines come from a pipe as they are, the last one without its end too, then the end", () => {
		const input = "one\r\n\n  two \nÄ€😀\nline\nline 99x\nline 3\nlast";
		const { status, stdout } = run("lines", { input });
		assert.equal(status, 3);
		const lines = ["one", "", "  two ", "Ä€😀", "line", "line 99x", "line 3", "last"];
		assert.equal(stdout, `${lines.map(line => `${JSON.stringify(line)}\n`).join("")}end\n`);
	});

	test("a line of 1023 bytes is whole, a longer one or one that is no text is null", () => {
		const input = Buffer.concat(
			[
				"x".repeat(1023),
				"x".repeat(1024),
				"x".repeat(100_000),
				`${"x".repeat(1023)}\r`,
				Buffer.of(0xc3),
				Buffer.of(0xed, 0xa0, 0x80),
				Buffer.of(0xc0, 0x80),
				Buffer.of(0xf4, 0x90, 0x80, 0x80),
				Buffer.of(0x61, 0),
				"fine"
			].flatMap(line => [Buffer.from(line), Buffer.from("\n")])
		);
		const whole = JSON.stringify("x".repeat(1023));
		const expected = [
			whole,
			"null",
			"null",
			whole,
			"null",
			"null",
			"null",
			"null",
			"null",
			'"fine"',
			"end\n"
		];
		assert.equal(run("lines", { input }).stdout, expected.join("\n"));
	});

	test("end of input alone is told at once", () => {
		const { status, stdout } = run("lines");
		assert.deepEqual([status, stdout], [3, "end\n"]);
	});

	test("a program with nothing left to wait for ends with code 0", () => {
		assert.equal(run("nothing").status, 0);
		assert.equal(run("open").status, 0);
	});

	test("all that was written before exit comes out", () => {
		const { status, stdout } = run("output");
		assert.equal(status, 7);
		assert.equal(stdout.length, 200_000);
		assert.ok(stdout.endsWith("000019999\n"));
	});

	test("exit lets the turn finish and runs nothing after it; the first code counts", () => {
		const { status, stdout } = run("exit-now", { input: "a line\n" });
		assert.deepEqual([status, stdout], [4, "the rest of the turn\n"]);
	});

	test("output that nobody reads is dropped with a note, and the program goes on", async () => {
		const child = spawn(program, argumentsFor("flood", []), { stdio: "pipe" });
		child.stdin.write("now\n");
		await wait(1000);
		let text = "";
		child.stdout.setEncoding("utf8").on("data", part => {
			text += part;
		});
		await until(() => text.includes("[output lost]"), 5_000);
		await wait(100);
		child.stdin.end("again\n");
		await once(child, "exit");
		assert.ok(text.length < 600_000, `${text.length}`);
		assert.equal(text.split("[output lost]").length, 2);
		assert.ok(text.endsWith("still here\n"), text.slice(-100));
	});

	test("a reader that goes away does not end the program", async () => {
		const child = spawn(program, argumentsFor("flood", []), { stdio: "pipe" });
		child.stdout.destroy();
		child.stdin.write("now\n");
		await wait(300);
		assert.equal(child.exitCode, null);
		child.stdin.end();
		const [code] = await once(child, "exit");
		assert.equal(code, 0);
	});

	test("a virtual line is set by typing, and shown when it changes", () => {
		const input = "line 2 1\nline 2 1\nline 2 0\nline 2 1\nline 7 1\nline 64 1\nline 2 2\n line 2 0\nend\n";
		const { stdout } = run("button", { input });
		const expected = [
			"line 7 = 1",
			"line 7 = 0",
			"line 7 is no open input",
			"line 64 is no open input",
			"> line 2 2",
			">  line 2 0",
			"> end",
			""
		];
		assert.equal(stdout, expected.join("\n"));
	});
});

describe("signals", () => {
	for (const [signal, code] of [
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129]
	]) {
		test(`${signal} ends it with code ${code}`, async () => {
			const child = await start("open", "open");
			child.kill(signal);
			assert.deepEqual(await child.over, [code, null]);
		});
	}

	test("a turn that does not end is ended by the second signal, or two seconds after the first", async () => {
		const twice = await start("busy", "busy");
		const once = await start("busy", "busy");
		await wait(100);
		const begin = Date.now();
		once.kill("SIGTERM");
		twice.kill("SIGTERM");
		await wait(50);
		twice.kill("SIGINT");
		assert.deepEqual(await twice.over, [143, null]);
		assert.ok(Date.now() - begin < 1500);
		assert.deepEqual(await once.over, [143, null]);
		assert.ok(Date.now() - begin >= 1900);
	});
});

describe("storage", () => {
	const stored = data => {
		const { status, stdout, stderr } = run("stored", { args: ["--data", data] });
		assert.equal(status, 0, stderr);
		return stdout.split("\n").filter(line => line !== "");
	};

	test("a folder is made for its owner only, files too", () => {
		const data = join(folder(), "deep", "er");
		run("change", { args: ["--data", data, "--set", "key=a", "--set", "byte=1"] });
		assert.deepEqual(stored(data), ["a 900 1"]);
		for (const [path, mode] of [
			[data, 0o700],
			[join(data, "cut"), 0o700],
			[join(data, "cut", "a"), 0o600]
		]) {
			assert.equal(statSync(path).mode & 0o777, mode, path);
		}
	});

	test("a folder is as private whatever the caller's umask", () => {
		const data = folder();
		const script = 'umask 0; exec "$0" "$@"';
		const args = argumentsFor("change", ["--data", data, "--set", "key=a", "--set", "byte=1"]);
		assert.equal(spawnSync("sh", ["-c", script, program, ...args]).status, 0);
		for (const path of [data, join(data, "cut"), join(data, "cut", "a")]) {
			assert.equal(statSync(path).mode & 0o077, 0, path);
		}
	});

	for (const mode of [0o770, 0o707, 0o722, 0o1777]) {
		test(`a folder that others may write, ${mode.toString(8)}, is refused with one line and code 73`, () => {
			const data = folder();
			mkdirSync(data);
			chmodSync(data, mode);
			const { status, stdout, stderr } = run("open", { args: ["--data", data] });
			assert.deepEqual([status, stdout], [73, ""]);
			assert.match(stderr, /^verifichain: .*others can write it \(chmod go-w\)\n$/);
			chmodSync(data, 0o755);
			assert.equal(run("open", { args: ["--data", data] }).status, 0);
		});
	}

	const isRoot = process.getuid() === 0;
	test("a folder of somebody else is refused", {
		skip: isRoot ? false : "only root can give it away"
	}, () => {
		const data = folder();
		mkdirSync(data, { mode: 0o700 });
		chownSync(data, 65534, 65534);
		const { status, stderr } = run("open", { args: ["--data", data] });
		assert.equal(status, 73);
		assert.match(stderr, /^verifichain: .*belongs to another user\n$/);
	});

	test("an empty folder in which nothing can be kept is refused before anything is asked", {
		skip: isRoot ? false : "only root can give it away"
	}, context => {
		const user = { uid: 65534, gid: 65534 };
		if (spawnSync(program, ["--unknown"], user).status !== 64) {
			context.skip("others cannot run the program where this project lies");
			return;
		}
		const data = folder();
		mkdirSync(data, { mode: 0o500 });
		chownSync(data, user.uid, user.gid);
		chmodSync(scratch, 0o711);
		const options = { args: ["--data", data], user };
		const { status, stdout, stderr } = run("open", options);
		assert.deepEqual([status, stdout], [73, ""]);
		assert.match(stderr, /^verifichain: .*Permission denied\n$/);
		chmodSync(data, 0o700);
		assert.equal(run("open", options).status, 0);
	});

	test("without --data a use of it says so", () => {
		const { status, stderr } = run("stored");
		assert.equal(status, 70);
		assert.match(stderr, /--data DIR/);
	});

	test("a second process on the folder is refused with one line and code 73", async () => {
		const data = folder();
		const child = await start("open", "open", ["--data", data]);
		const { status, stdout, stderr } = run("open", { args: ["--data", data] });
		assert.deepEqual([status, stdout], [73, ""]);
		assert.match(stderr, /^verifichain: .*in use.*\n$/);
		child.kill("SIGKILL");
		await child.over;
		assert.equal(run("open", { args: ["--data", data] }).status, 0);
	});

	test("a folder that cannot be had is refused with one line and code 73", () => {
		const file = join(scratch, "file");
		writeFileSync(file, "");
		for (const data of [file, join(file, "below")]) {
			const { status, stderr } = run("open", { args: ["--data", data] });
			assert.equal(status, 73);
			assert.match(stderr, /^verifichain: .+\n$/);
		}
	});

	test("killed at any moment of writing, each value is an old or a new one, whole", async () => {
		const data = folder();
		for (let i = 0; i < 25; i++) {
			const child = await start("writes", "1\n", ["--data", data]);
			await wait(Math.random() * 30);
			child.kill("SIGKILL");
			await child.over;
			const said = Number(child.text.trimEnd().split("\n").at(-1));
			const left = stored(data);
			assert.deepEqual(
				left.map(line => line.split(" ").slice(0, 2).join(" ")),
				["first 1024", "second 700"]
			);
			for (const line of left) {
				const ahead = (Number(line.split(" ")[2]) - said + 256) % 256;
				assert.ok(ahead <= 2, `${line}, said ${said}`);
			}
			assert.deepEqual(readdirSync(join(data, "cut")).sort(), ["first", "second"], "nothing else is left");
		}
	});

	describe("cut before every call that changes a file", { skip: process.env.GOAL === "sanitize" }, () => {
		const library = join(scratch, "cut.so");
		execFileSync(process.env.CC ?? "cc", [
			"-shared",
			"-fPIC",
			"-O1",
			"-o",
			library,
			join(root, "tests/host/cut.c")
		]);

		/** Changes a value with a cut, and returns the exit code and the calls up to it. */
		const change = (data, settings, env = {}) => {
			const log = join(scratch, "calls");
			rmSync(log, { force: true });
			const args = ["--data", data, ...settings.flatMap(setting => ["--set", setting])];
			const { status } = run("change", { args, env: { LD_PRELOAD: library, CUT_LOG: log, ...env } });
			return { status, calls: existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [] };
		};

		test("a value is synced before it is renamed, and the folder after", () => {
			const data = folder();
			const first = change(data, ["key=a", "byte=1"]);
			assert.deepEqual(first.calls, ["mkdirat", "fsync", "create", "write", "fsync", "renameat", "fsync"]);
			const second = change(data, ["key=a", "byte=2"]);
			assert.deepEqual(second.calls, ["create", "write", "fsync", "renameat", "fsync"]);
			const third = change(data, ["delete=a"]);
			assert.deepEqual(third.calls, ["unlinkat", "fsync"]);
		});

		test("a set leaves the old value or the new one, and every other key", () => {
			for (const half of [{}, { CUT_HALF: "1" }]) {
				for (let cut = 1; ; cut++) {
					const data = folder();
					change(data, ["key=a", "byte=1"]);
					change(data, ["key=b", "byte=2"]);
					const { status } = change(data, ["key=a", "byte=3"], { CUT: String(cut), ...half });
					const left = stored(data);
					assert.ok(["a 900 1", "a 900 3"].includes(left[0]), `${cut}: ${left}`);
					assert.equal(left[1], "b 900 2");
					assert.deepEqual(readdirSync(join(data, "cut")).sort(), ["a", "b"], `${cut}`);
					if (status === 0) {
						assert.equal(cut, 6);
						break;
					}
					assert.equal(status, 99);
					change(data, ["key=a", "byte=4"]);
					assert.deepEqual(stored(data), ["a 900 4", "b 900 2"], "the next set works");
				}
			}
		});

		test("a first set leaves nothing or the value", () => {
			for (let cut = 1; cut <= 7; cut++) {
				const data = folder();
				assert.equal(change(data, ["key=a", "byte=1"], { CUT: String(cut) }).status, 99);
				const left = stored(data);
				assert.deepEqual(left, cut <= 6 ? [] : ["a 900 1"], `${cut}`);
			}
		});

		test("a delete leaves the value or nothing", () => {
			for (const [cut, expected] of [
				[1, ["a 900 1"]],
				[2, []]
			]) {
				const data = folder();
				change(data, ["key=a", "byte=1"]);
				assert.equal(change(data, ["delete=a"], { CUT: String(cut) }).status, 99);
				assert.deepEqual(stored(data), expected);
			}
		});
	});

	test("a file that no set can have written has an empty value, one that is none ends the start, and all stay", () => {
		const data = folder();
		run("change", { args: ["--data", data, "--set", "key=a", "--set", "byte=1"] });
		const file = join(data, "cut", "b");
		writeFileSync(file, Buffer.alloc(1025));
		assert.deepEqual(stored(data), ["a 900 1", "b 0 undefined"]);
		assert.equal(statSync(file).size, 1025);
		rmSync(file);
		mkdirSync(file);
		const noFile = run("stored", { args: ["--data", data] });
		assert.equal(noFile.status, 74);
		assert.match(noFile.stderr, /^verifichain: data folder .*: cut\/b cannot be read: Is a directory\n$/);
		rmSync(file, { recursive: true });
		assert.deepEqual(stored(data), ["a 900 1"]);
	});

	test("files that are none of ours are not listed", () => {
		const data = folder();
		run("change", { args: ["--data", data, "--set", "key=a", "--set", "byte=1"] });
		for (const name of [".hidden", "a.bak", "a%zz", "a%", "longer-than-fifteen"]) {
			writeFileSync(join(data, "cut", name), "x");
		}
		assert.deepEqual(stored(data), ["a 900 1"]);
	});

	const user = process.getuid?.() === 0 ? "root may do anything" : false;
	test("a folder without permission is reported, not ignored", { skip: user }, () => {
		const data = folder();
		run("change", { args: ["--data", data, "--set", "key=a", "--set", "byte=1"] });
		chmodSync(join(data, "cut"), 0o500);
		const { status, stderr } = run("change", {
			args: ["--data", data, "--set", "key=a", "--set", "byte=2"]
		});
		chmodSync(join(data, "cut"), 0o700);
		assert.equal(status, 70);
		assert.match(stderr, /cut\/a: Permission denied/);
		assert.deepEqual(stored(data), ["a 900 1"]);
	});

	test("a full disk is reported, and the old value stays", () => {
		const data = folder();
		run("change", { args: ["--data", data, "--set", "key=a", "--set", "byte=1"] });
		// A limit on the size of files stands for the full disk: the write fails half-way.
		const { status, stderr } = spawnSync(
			"/bin/sh",
			["-c", 'ulimit -f 0; exec "$0" "$@"', program].concat(
				argumentsFor("change", ["--data", data, "--set", "key=a", "--set", "byte=2"])
			),
			{ encoding: "utf8" }
		);
		assert.equal(status, 70, stderr);
		assert.match(stderr, /cut\/a: File too large/);
		assert.deepEqual(stored(data), ["a 900 1"]);
	});
});
