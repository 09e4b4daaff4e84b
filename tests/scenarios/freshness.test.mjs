/** Commands of real processes that are held back on the way, overtaken, or left to a device that stands still. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Relay } from "../faults/relay.mjs";
import { Home } from "./home.mjs";

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "suspend.c");
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** A founder's lamp and a lock that it may unlock, with a relay between them. `prepare` gets the door before it starts. */
async function doorway(context, prepare = () => {}) {
	const relay = new Relay();
	const home = await Home.open(context, 2, relay);
	const lamp = await home.found();
	const door = home.node("door", lamp);
	await prepare(door);
	await home.admit(door, "lock", lamp);
	await lamp.until("task door lock", /door: locked\n/);
	const hold = () => {
		relay.holds = (from, to) => from === lamp.port && to === door.port;
	};
	const assertNeverOpened = async () => {
		// What was carried on has arrived by now, and a little later too.
		await sleep(500);
		await lamp.until("task door read", /door: locked\n/);
		assert.doesNotMatch(door.output, /line 2 = 1|asked: unlock/);
	};
	return { relay, lamp, door, hold, assertNeverOpened };
}

/** Clocks of a process to be started that a test can change: `suspended` in seconds, `behind` in milliseconds. */
async function changingClocks(context) {
	const folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
	context.after(() => rm(folder, { recursive: true, force: true }));
	const [library, file] = [path.join(folder, "suspend.so"), path.join(folder, "suspended")];
	execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"]);
	await writeFile(file, new Uint8Array(16));
	const prepare = node => {
		node.env = { LD_PRELOAD: library, SUSPENDED: file };
	};
	const setClocks = async ({ suspended = 0n, behind = 0n }) => {
		const numbers = new DataView(new ArrayBuffer(16));
		numbers.setBigInt64(0, suspended, true);
		numbers.setBigInt64(8, behind, true);
		await writeFile(file, new Uint8Array(numbers.buffer), { flag: "r+" });
	};
	return { setClocks, prepare };
}

describe("commands of real processes", { concurrency: true }, () => {
	test("an unlock that was held back does not open the door after its asker was told", async context => {
		const { relay, lamp, hold, assertNeverOpened } = await doorway(context);
		hold();
		const asked = Date.now();
		await lamp.ask("task door unlock", /door: no answer\n/);
		// Its clock is the machine's raw one: in 10 s a time server turns the other by 5 ms at most.
		assert.ok(Date.now() - asked >= 9_990);
		assert.ok((await relay.release()) > 0);
		await assertNeverOpened();
	});

	test("an unlock that was held back does not open a door that was locked since", async context => {
		const { relay, lamp, door, hold, assertNeverOpened } = await doorway(context);
		hold();
		lamp.type("task door unlock");
		await sleep(300);
		relay.holds = () => false;
		await lamp.ask("task door lock", /door: locked\n/);
		assert.match(lamp.output, /door: replaced by a newer task\n/);
		assert.ok((await relay.release()) > 0);
		assert.ok(door.isRunning);
		await assertNeverOpened();
	});

	test("an unlock that was held back for a moment opens the door once", async context => {
		const { relay, lamp, door, hold } = await doorway(context);
		hold();
		lamp.type("task door unlock");
		await sleep(3_000);
		await relay.release();
		await lamp.waitFor(/door: unlocked\n/);
		await sleep(500);
		assert.equal(door.output.match(/asked: unlock/g).length, 1);
	});

	test("a door that was stopped does not open when it goes on", async context => {
		const { lamp, door, assertNeverOpened } = await doorway(context);
		process.kill(door.pid, "SIGSTOP");
		await lamp.ask("task door unlock", /door: no answer\n/);
		process.kill(door.pid, "SIGCONT");
		await assertNeverOpened();
	});

	test("an asker that was stopped sends nothing when it goes on", async context => {
		const { lamp, door, assertNeverOpened } = await doorway(context);
		// Typed while it stands still, it is asked when it goes on; what it had asked before that is not.
		process.kill(door.pid, "SIGSTOP");
		lamp.type("task door unlock");
		await sleep(300);
		process.kill(lamp.pid, "SIGSTOP");
		await sleep(11_000);
		process.kill(door.pid, "SIGCONT");
		process.kill(lamp.pid, "SIGCONT");
		await lamp.waitFor(/door: no answer\n/);
		await assertNeverOpened();
	});

	test("a door whose machine was suspended knows how old a command is", async context => {
		const { setClocks, prepare } = await changingClocks(context);
		const { relay, lamp, hold, assertNeverOpened } = await doorway(context, prepare);
		hold();
		lamp.type("task door unlock");
		await sleep(300);
		// 40 days: more than the boards' ticks hold.
		await setClocks({ suspended: 40n * 86_400n });
		// Of what the door answers nothing arrives: the lamp would ask again, rightly, with a fresh Echo.
		relay.reaches = () => false;
		assert.ok((await relay.release()) > 0);
		await lamp.waitFor(/door: no answer\n/);
		relay.reaches = () => true;
		await assertNeverOpened();
	});

	test("a door whose clocks are slowed down from outside knows how old a command is", async context => {
		const { setClocks, prepare } = await changingClocks(context);
		const { relay, lamp, hold, assertNeverOpened } = await doorway(context, prepare);
		hold();
		lamp.type("task door unlock");
		let behind = 0;
		let written = Promise.resolve();
		const slowing = setInterval(() => {
			behind += 90;
			written = written.then(() => setClocks({ behind: BigInt(behind) }));
		}, 100);
		try {
			await lamp.waitFor(/door: no answer\n/);
			assert.ok((await relay.release()) > 0);
			await assertNeverOpened();
		} finally {
			// The file goes with the test.
			clearInterval(slowing);
			await written;
		}
	});
});
