/** The Linux host on a terminal: a real process on a pseudo-terminal, keys as a person types them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { until } from "../../hosts/house/patience.mjs";
import { buildPty, Pty } from "./pty.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = join(root, "build/linux", process.env.GOAL ?? "release", "verifichain");
const scratch = mkdtempSync(join(tmpdir(), "verifichain-terminal-"));
const pty = buildPty(scratch);
const [up, left, home, remove] = ["\x1b[A", "\x1b[D", "\x1b[H", "\x1b[3~"];
const [controlC, controlD, controlU, controlW, controlZ, quitKey] = [
	"\x03",
	"\x04",
	"\x15",
	"\x17",
	"\x1a",
	"\x1c"
];
const open = new Set();

afterEach(async () => {
	for (const one of open) if (one.end === undefined) await one.close();
	open.clear();
});

after(() => {
	rmSync(scratch, { recursive: true, force: true });
});

function start(options) {
	const one = new Pty({ pty, program, ...options });
	open.add(one);
	return one;
}

/** What a terminal shows in the end of its last line: all before the last return is written over. */
const lastLine = ({ output }) => output.split("\n").at(-1).split("\r").at(-1).replaceAll("\x1b[K", "");

describe("a password", () => {
	const args = ["--main", "tests/host/fixtures/password"];
	/** Runs the fixture up to its second secret. */
	async function session(options) {
		// The sanitizer would end the program in its own way.
		const one = start({ args, env: { ASAN_OPTIONS: "handle_segv=0" }, ...options });
		await one.waitFor(/password:\r\n/);
		assert.equal(await one.modes(), "changed quiet");
		await one.type("secret\r");
		await one.waitFor(/name:\r\n/);
		await one.type("bob\r");
		await one.waitFor(/again:\r\n/);
		await one.type("hid");
		return one;
	}

	test("is not shown, what is typed after it is", async () => {
		const one = await session();
		await one.type("den\r");
		assert.deepEqual(await one.ended(), { status: 6, modes: "same echo" });
		assert.ok(one.output.includes("got secret, echo true"), one.output);
		assert.equal(one.output.split("secret").length, 2, "the password stands only in the answer");
		assert.ok(one.output.includes("name:\r\nbob\r\ngot bob"), one.output);
		assert.ok(!one.output.includes("hid"), one.output);
	});

	test("is shown neither in a window that changes nor after the program was stopped", async () => {
		const one = await session();
		await one.columns(30);
		await one.signal(19);
		await one.signal(18);
		await one.type("den\r");
		assert.equal((await one.ended()).status, 6);
		assert.ok(!one.output.includes("hid"), one.output);
	});

	test("is not read key by key where the terminal cannot draw", async () => {
		const one = start({ args, env: { TERM: "dumb" } });
		await one.waitFor(/password:\r\n/);
		assert.equal(await one.modes(), "changed quiet");
		await one.type("secret\n");
		await one.waitFor(/name:\r\n/);
		await one.type("bobx\x7f\n");
		await one.waitFor(/got bob\r\n/);
		await one.type("x\n");
		assert.deepEqual(await one.ended(), { status: 6, modes: "same echo" });
	});

	for (const [ending, end, status] of [
		["ctrl-C twice", one => one.type(controlC, controlC, controlC), 5],
		["ctrl-D", one => one.type(controlU, controlD), 5],
		["ctrl-\\", one => one.type(quitKey), 131],
		["SIGHUP", one => one.signal(1), 129],
		["SIGINT", one => one.signal(2), 130],
		["SIGTERM", one => one.signal(15), 143],
		["SIGUSR1", one => one.signal(10), 138],
		["SIGUSR2", one => one.signal(12), 140],
		["SIGABRT", one => one.signal(6), 134],
		["SIGSEGV", one => one.signal(11), 139]
	]) {
		test(`the terminal is as before after ${ending}`, async () => {
			const one = await session();
			await end(one);
			assert.deepEqual(await one.ended(), { status, modes: "same echo" });
		});
	}

	test("the terminal is as before while the program is stopped by ctrl-Z, and the program's again after fg", async () => {
		const script = 'set -m; "$@"; echo; echo stopped; read line; fg >/dev/null; echo "over $?"';
		const one = await session({ program: "/bin/sh", args: ["-c", script, "sh", program, ...args] });
		await one.type(controlZ);
		await one.waitFor(/stopped\r\n/);
		assert.equal(await one.modes(), "same echo");
		await one.type("\n");
		for (let i = 0; i < 100 && (await one.modes()) !== "changed quiet"; i++) await wait(20);
		await one.type("den\r");
		await one.waitFor(/over 6\r\n/);
		assert.deepEqual(await one.ended(), { status: 0, modes: "same echo" });
		assert.ok(!one.output.includes("hid"), one.output);
	});
});

test("the demonstration ends at a console of the same kind, above which the other nodes tell what they do", async () => {
	const house = join(root, "hosts/house/house.mjs");
	const args = [house, "--fresh", "--folder", join(scratch, "house")];
	const one = start({ program: process.execPath, args, env: { VERIFICHAIN: program } });
	await one.waitFor(/You are at the console of the wall switch/);
	await one.waitFor(/ready [^\n]*switch[^\n]*\n/);
	await one.type("task la", "\t", "to", "\t", "\r", "mem");
	// Of two processes, in any order.
	await until(
		() => ["[lamp] line 2 = 0\r\n", "lamp: off\r\n"].every(text => one.output.includes(text)),
		20_000
	);
	await one.type("bers");
	await until(() => lastLine(one) === "members", 20_000);
	await one.type(controlU, controlD);
	assert.deepEqual(await one.ended(), { status: 0, modes: "same echo" });
});

describe("the console of a node", () => {
	const data = join(scratch, "node");
	let port;

	before(async () => {
		[port] = await freePorts(1);
		const node = new NodeProcess({ build: program, data, port, settings: ["line=2", "rounds=1000"] });
		node.start("y", "tür lampe", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await node.waitFor(/ready /);
		await node.stop();
	});

	/** The node at its prompt. */
	async function atPrompt(options) {
		const args = ["--data", data, "--port", String(port), "--set", "line=2"];
		const one = start({ args, ...options });
		await one.waitFor(/ready\s[\s\S]*port\s+\d+\r\n/);
		return one;
	}

	async function quits(one) {
		await one.type(`${controlU}quit\r`);
		assert.deepEqual(await one.ended(), { status: 0, modes: "same echo" });
	}

	test("arrows, Tab and the keys that remove edit a line", async () => {
		const one = await atPrompt();
		await one.type("task tur", left, left, remove, "ü", "\x1b[F", "\t", "o", "f", controlW, "toggle", "\r");
		await one.waitFor(/tür lampe: on\r\n/);
		await one.type("t", "\t", "T", "\t", "re", "\t", "\r");
		await one.waitFor(/tür lampe: on\r\n/);
		await one.type("xtask", home, remove, "\r");
		await one.waitFor(/Say whom and what/);
		await one.type(up, up, "\r");
		await one.waitFor(/task tür lampe read[^\n]*\n[^\n]*tür lampe: on\r\n/);
		await one.type("task t", "\t", "\t");
		await one.waitFor(/read {2}on {2}off {2}toggle {2}lock {2}unlock\r\n/);
		assert.equal(lastLine(one), "task tür lampe ");
		await quits(one);
	});

	test("what happens meanwhile stands above the line that is being typed", async () => {
		const one = await atPrompt();
		await one.type("task tür lampe toggle\rsta", "t");
		await one.waitFor(/line 2 = [01]\r\n[\s\S]*tür lampe: (on|off)\r\n/);
		await until(() => lastLine(one) === "stat", 20_000);
		await one.type("us\r");
		await one.waitFor(/members {2}1;/);
		await quits(one);
	});

	test("ctrl-C drops a line, and twice in an empty one ends the program", async () => {
		const one = await atPrompt();
		await one.type("reset", controlC);
		await one.waitFor(/reset\^C\r\n/);
		await one.type(controlC);
		await one.waitFor(/\^C\r\nOnce more/);
		await one.type("help\r");
		await one.waitFor(/quit\s/);
		await one.type(controlC);
		await one.waitFor(/\^C\r\nOnce more/);
		await one.type(controlC);
		assert.deepEqual(await one.ended(), { status: 0, modes: "same echo" });
	});

	test("the line's end is followed by a new one though the program is killed in the middle of it", async () => {
		const one = await atPrompt();
		await one.type("half");
		await one.waitFor(/half/);
		await one.signal(15);
		assert.deepEqual(await one.ended(), { status: 143, modes: "same echo" });
		assert.ok(one.output.endsWith("half\r\n"), JSON.stringify(one.output.slice(-100)));
	});

	test("lines end between words, and in a window of any width the line stays one", async () => {
		for (const columns of [0, 1, 2, 20, 50, 300]) {
			const one = await atPrompt({ columns });
			await one.type("help\r");
			await one.waitFor(/quit\s/);
			if (columns >= 20) {
				const shown = one.output.slice(one.output.indexOf("ready")).split("\r\n");
				for (const line of shown) assert.ok(line.length < columns || !/ \S+ /.test(line.trim()), line);
			}
			await one.type("status ", "of this ", "nöde ", left, left, remove, controlU, "status\r");
			await one.waitFor(/memb?ers/);
			await one.columns(33);
			await one.type("mem", "bers\r");
			await one.waitFor(/this[\s]+node/);
			await quits(one);
		}
	});

	test("a paste of 2 KB and noise of any kind leave it as it was", async () => {
		const one = await atPrompt();
		await one.type(`${"y".repeat(2048)}\r`);
		await one.waitFor(/too long/);
		await one.type("nonsense\r".repeat(200));
		for (let i = 0; i < 200; i++) await one.waitFor(/no command "nonsense"/);
		const noise = Buffer.from(Array.from({ length: 900 }, (_, i) => (i * 7919 + (i >> 3)) & 0xff));
		// Not the keys that end, stop or leave: ctrl-C, ctrl-D, ctrl-S, ctrl-Q, ctrl-Z, ctrl-\.
		await one.type(Buffer.from(noise.filter(byte => ![3, 4, 17, 19, 26, 28].includes(byte))));
		await one.type("\x1b", "[", "\x1bP", "\r");
		await one.type("\r", "members\r");
		await one.waitFor(/this node\r\n/);
		await quits(one);
	});

	test("ctrl-C leaves a question, with nothing changed", async () => {
		const one = await atPrompt();
		await one.type("reset\r");
		await one.waitFor(/or no:\r\n/);
		await one.type("wipe", controlC);
		await one.waitFor(/wipe\^C\r\nLeft as it was/);
		await one.type("recovery\r");
		await one.waitFor(/Recovery key[^\n]*\n/);
		await one.type("half of it", controlC);
		await one.waitFor(/\^C\r\nLeft as it was/);
		assert.ok(!one.output.includes("half of it"), one.output);
		await one.type("stat", "\t", "\r");
		await one.waitFor(/members {2}1;/);
		await quits(one);
	});

	test("no answer to a question comes back", async () => {
		const one = await atPrompt();
		await one.type("members\r");
		await one.waitFor(/this node\r\n/);
		await one.type("reset\r");
		await one.waitFor(/or no:\r\n/);
		await one.type("no\r");
		await one.waitFor(/Nothing was wiped/);
		await one.type("wifi home secret\r");
		await one.type(up, "\r");
		await one.waitFor(/or no:\r\n/);
		await one.type("no\r");
		await quits(one);
	});
});
