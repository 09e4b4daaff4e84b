/**
 * The Linux host on lines of the kernel. Runs where the kernel simulates some (gpio-sim, as root), on a Raspberry Pi as
 * well; tests/gpio/machine.sh runs it in an emulated machine. Skipped otherwise.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { NodeProcess } from "../../hosts/house/node-process.mjs";
import { SimulatedChip, simulatorFault } from "./simulated-chip.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = process.env.VERIFICHAIN ?? join(root, "build/linux/release/verifichain");
const fixtures = "tests/host/fixtures";
const skip = simulatorFault() ?? false;

async function until(condition, milliseconds = 5_000) {
	const end = Date.now() + milliseconds;
	while (!condition() && Date.now() < end) await wait(5);
	assert.ok(condition(), "what was waited for did not happen");
}

describe("lines of the kernel", { skip, timeout: 180_000 }, () => {
	let chip;
	let folder;
	const children = new Set();

	/** So that one failure is one. */
	afterEach(() => {
		for (const child of children) child.kill("SIGKILL");
		children.clear();
	});

	before(() => {
		folder = mkdtempSync(join(tmpdir(), "verifichain-gpio-"));
		const names = { 17: "GPIO17", 27: "GPIO27" };
		chip = new SimulatedChip({ name: "vc-test", label: "vc-test", names, hogs: [40] });
	});

	after(() => {
		chip?.remove();
		rmSync(folder, { recursive: true, force: true });
	});

	/** Runs a fixture to its end. */
	function run(name, settings = [], input = "") {
		const chosen = ["--set", `gpiochip=${chip.path}`, ...settings.flatMap(setting => ["--set", setting])];
		return spawnSync(program, ["--main", `${fixtures}/${name}`, ...chosen], { input, encoding: "utf8" });
	}

	/** Starts a fixture and returns once it has written `text`. */
	async function start(name, text) {
		const child = spawn(program, ["--main", `${fixtures}/${name}`, "--set", `gpiochip=${chip.path}`]);
		children.add(child);
		child.text = "";
		child.stdout.setEncoding("utf8").on("data", part => {
			child.text += part;
		});
		child.stderr.setEncoding("utf8").on("data", part => {
			child.text += part;
		});
		await until(() => child.text.includes(text));
		return child;
	}

	test("are in use where the chip is named, and it says so", () => {
		const { status, stdout } = run("button");
		assert.equal(status, 0);
		assert.equal(stdout, `lines of ${chip.path} (vc-test)\n`);
	});

	test("an edge of an input changes an output", async () => {
		chip.pull(2, 0);
		const child = await start("button", "lines of");
		await until(() => chip.value(7) === 0);
		for (const level of [1, 0, 1]) {
			chip.pull(2, 1);
			await until(() => chip.value(7) === level);
			chip.pull(2, 0);
			await wait(30);
			assert.equal(chip.value(7), level, "only the rising edge was asked for");
		}
		child.stdin.end();
	});

	test("a disturbance that is over at once is no edge", async () => {
		chip.pull(2, 0);
		const child = await start("button", "lines of");
		await wait(20);
		for (let turn = 0; turn < 100; turn += 1) {
			chip.spike(2);
			await wait(15);
		}
		await wait(50);
		assert.equal(chip.value(7), 0);
		chip.pull(2, 1);
		await until(() => chip.value(7) === 1);
		child.stdin.end();
	});

	test('"line N" is no command of the host any more', () => {
		const { stdout } = run("button", [], "line 2 1\n");
		assert.match(stdout, /> line 2 1\n/);
	});

	test("the contract of Digital holds on them", () => {
		const settings = ["--set", "only=host: Digital", "--set", `gpiochip=${chip.path}`];
		const { stdout } = spawnSync(program, ["--main", "tests/main", ...settings], { encoding: "utf8" });
		assert.match(stdout, /\n[6-9] passed, 0 failed\n/, stdout);
	});

	test("what there is not, or what is taken, is named", () => {
		for (const [settings, message] of [
			[["pin=64"], /has 64 lines/],
			[["pin=GPIO99"], /has no line "GPIO99"/],
			[["pin=40"], /line 40 is in use by "somebody"/],
			[["pin=3", "mode=3"], /bad mode/]
		]) {
			const { status, stderr } = run("line", settings);
			assert.equal(status, 70);
			assert.match(stderr, message);
		}
		const none = spawnSync(program, ["--main", `${fixtures}/line`, "--set", "gpiochip=/dev/null"], {
			encoding: "utf8"
		});
		assert.match(none.stderr, /gpiochip \/dev\/null: /);
	});

	test("a line by its name, with the pull that was asked for", () => {
		for (const [mode, pull] of [
			[1, "pull-up"],
			[2, "pull-down"]
		]) {
			const { stdout, stderr } = run("line", ["pin=GPIO27", `mode=${mode}`]);
			assert.equal(chip.pullOf(27), pull, stderr);
			assert.match(stdout, new RegExp(`level ${mode === 1 ? 1 : 0}\n`));
		}
	});

	test("virtual ones where that is asked for", () => {
		const { stdout } = run("line", ["gpiochip=virtual", "pin=5", "mode=1"]);
		assert.equal(stdout, "level 1\n");
	});

	test("a Raspberry Pi's own chip is found by itself", () => {
		const pi = new SimulatedChip({ name: "vc-pi", label: "pinctrl-bcm2711", names: { 17: "GPIO17" } });
		try {
			const { stdout } = spawnSync(
				program,
				["--main", `${fixtures}/line`, "--set", "pin=GPIO17", "--set", "mode=1"],
				{ encoding: "utf8" }
			);
			assert.equal(stdout, `lines of ${pi.path} (pinctrl-bcm2711)\nlevel 1\n`);
		} finally {
			pi.remove();
		}
	});

	test("a chip that goes away while it is in use does not end the program or keep it busy", async () => {
		const gone = new SimulatedChip({ name: "vc-gone", label: "vc-gone" });
		const child = spawn(program, ["--main", `${fixtures}/button`, "--set", `gpiochip=${gone.path}`]);
		children.add(child);
		let text = "";
		child.stdout.setEncoding("utf8").on("data", part => {
			text += part;
		});
		await until(() => text.includes("lines of"));
		gone.remove();
		await wait(300);
		const ticks = () => {
			const fields = spawnSync("cat", [`/proc/${child.pid}/stat`], { encoding: "utf8" }).stdout.split(" ");
			return Number(fields[13]) + Number(fields[14]);
		};
		const before = ticks();
		await wait(1_000);
		assert.ok(ticks() - before < 20, "it waits and does not spin");
		assert.equal(child.exitCode, null);
		child.stdin.write("still here\n");
		await until(() => text.includes("> still here"));
		child.stdin.end();
	});

	test("a whole node: its button toggles its lamp, its LED blinks, ten seconds wipe it", async () => {
		chip.pull(17, 1);
		const node = new NodeProcess({
			build: program,
			data: join(folder, "node"),
			port: 5683,
			settings: [
				`gpiochip=${chip.path}`,
				"line=16",
				"button=GPIO17",
				"led=GPIO27",
				"buttonTask=lamp toggle",
				"rounds=1000"
			]
		});
		node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun on a pin");
		await node.waitFor(/ready /);
		assert.equal(chip.value(16), 0);
		for (const level of [1, 0, 1]) {
			chip.pull(17, 0);
			await wait(100);
			const released = performance.now();
			chip.pull(17, 1);
			await until(() => chip.value(16) === level);
			console.log(`# released to lamp: ${(performance.now() - released).toFixed(1)} ms, polled every 5`);
			await node.waitFor(level === 1 ? /button: lamp: on/ : /button: lamp: off/);
			await wait(50);
		}
		let changes = 0;
		let last = chip.value(27);
		chip.pull(17, 0);
		for (const begin = Date.now(); Date.now() - begin < 9_500; await wait(5)) {
			const value = chip.value(27);
			if (value !== last) changes += 1;
			last = value;
		}
		assert.ok(changes > 30, `the LED warns: ${changes} changes`);
		assert.ok(node.isRunning);
		assert.equal(await node.ended(), 0);
		chip.pull(17, 1);
		assert.match(node.output, /\* wiped by the button\n/);
		node.start();
		await node.waitFor(/first node of a new home/);
		await node.stop();
	});
});
