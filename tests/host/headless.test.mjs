/**
 * The Linux host as a device without a person: answers from a file, no input, why it restarted. Needs what tsc and
 * `make -C hosts/linux` build; GOAL names another build than release.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { FakeHome, inventedId } from "../../build/js/tests/harness/fake-home.js";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { until } from "../../hosts/house/patience.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = join(root, "build/linux", process.env.GOAL ?? "release", "verifichain");
const fixtures = "tests/host/fixtures";
const scratch = mkdtempSync(join(tmpdir(), "verifichain-headless-"));
let files = 0;
const started = [];

after(() => {
	for (const child of started) child.kill("SIGKILL");
	rmSync(scratch, { recursive: true, force: true });
});

function file(text, mode = 0o600) {
	files += 1;
	const path = join(scratch, `answers-${files}`);
	writeFileSync(path, text);
	chmodSync(path, mode);
	return path;
}

/** A pipe with a name, into which nobody writes. */
function pipe() {
	const path = join(scratch, "pipe");
	assert.equal(spawnSync("mkfifo", ["-m", "600", path]).status, 0);
	return path;
}

function run(name, args, input = "") {
	return spawnSync(program, ["--main", `${fixtures}/${name}`, ...args], {
		input,
		encoding: "utf8",
		timeout: 60_000
	});
}

/** Starts the node itself, with nothing to read. */
async function start(args, text) {
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
	started.push(child);
	child.text = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", part => {
			child.text += part;
		});
	}
	child.over = once(child, "exit");
	await until(
		() => child.text.includes(text),
		10_000,
		() => child.text
	);
	return child;
}

/** A home that is none, at a port of its own until the test is over. */
async function pretend(context, number) {
	const fake = new FakeHome({ id: inventedId(number) });
	const socket = dgram.createSocket("udp4");
	socket.on("message", (bytes, { address, port }) => {
		const answer = fake.heard(bytes);
		if (answer !== undefined) socket.send(answer, port, address);
	});
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	context.after(() => socket.close());
	return { fake, peer: ["--peer", `127.0.0.1:${socket.address().port}`] };
}

describe("a file of answers", () => {
	test("is a line for each setting, with what people write between them", () => {
		const path = file("# who I am\nname=wall lamp\n\nhomePassword= two  spaces = kept \r\nssid=x\n");
		const { stdout } = run("config", ["--answers", path, "--set", "type=light"]);
		assert.deepEqual(JSON.parse(stdout), {
			name: "wall lamp",
			homePassword: " two  spaces = kept ",
			ssid: "x",
			type: "light",
			peers: []
		});
	});

	test("may be a pipe that the shell made, whenever that is filled", () => {
		const script = `{ sleep 0.3; echo name=lamp; } | "$0" --main ${fixtures}/config --answers /dev/stdin`;
		const { stdout } = spawnSync("sh", ["-c", script, program], { encoding: "utf8" });
		assert.equal(JSON.parse(stdout).name, "lamp");
	});

	test("that only root and the service may read is taken from systemd's folder, and from no other", () => {
		const path = file("name=lamp\n", 0o440);
		const env = { ...process.env, CREDENTIALS_DIRECTORY: scratch };
		const given = spawnSync(program, ["--main", `${fixtures}/config`, "--answers", path], {
			env,
			encoding: "utf8"
		});
		assert.equal(JSON.parse(given.stdout).name, "lamp", given.stderr);
		const elsewhere = mkdtempSync(join(scratch, "elsewhere-"));
		symlinkSync(path, join(elsewhere, basename(path)));
		writeFileSync(join(elsewhere, "open"), "name=lamp\n", { mode: 0o440 });
		for (const [folder, name] of [
			[elsewhere, path],
			[scratch, join(elsewhere, "open")],
			[elsewhere, "/nowhere/../dev/null"],
			["", path],
			[join(scratch, "none"), path]
		]) {
			const { status } = spawnSync(program, ["--main", `${fixtures}/config`, "--answers", name], {
				env: { ...env, CREDENTIALS_DIRECTORY: folder }
			});
			assert.equal(status, 64, `${name} with ${folder}`);
		}
		for (const mode of [0o444, 0o460, 0o442]) {
			chmodSync(path, mode);
			assert.equal(
				spawnSync(program, ["--main", `${fixtures}/config`, "--answers", path], { env }).status,
				64
			);
		}
	});

	for (const [what, path, message] of [
		["that is not there", join(scratch, "none"), /No such file/],
		["that others can read", file("name=x\n", 0o604), /others can read or change it \(chmod 600\)/],
		["that its group can read", file("name=x\n", 0o640), /others can read or change it/],
		["that its group can change", file("name=x\n", 0o620), /others can read or change it/],
		["that others can run", file("name=x\n", 0o701), /others can read or change it/],
		["that is a folder", mkdtempSync(join(scratch, "folder-")), /no plain file/],
		["that is a pipe in a folder", pipe(), /no plain file/],
		["that is a device", "/dev/zero", /no plain file/],
		["that is a terminal", "/dev/tty", /no plain file|No such device/],
		["with a line that is none", file("name=x\nsecret words\n"), /each line is KEY=VALUE\n$/],
		["with a line that has no key", file("=secret words\n"), /each line is KEY=VALUE\n$/],
		["that is too long", file(`name=${"x".repeat(5_000)}`), /longer than 4096 bytes/],
		["with a setting that has an argument", file("port=5\n"), /--answers port: there is an argument/]
	]) {
		test(`${what} is refused in a line that does not repeat it`, () => {
			const { status, stdout, stderr } = run("config", ["--answers", path]);
			assert.deepEqual([status, stdout], [64, ""]);
			assert.match(stderr, /^verifichain: .+\n$/);
			assert.match(stderr, message);
			assert.ok(!stderr.includes("secret"));
		});
	}

	const user = process.getuid() === 0 ? false : "only root can give a file away";
	test("that is somebody else's is refused", { skip: user }, () => {
		const path = file("name=lamp\n");
		chownSync(path, 65534, 65534);
		const { status, stderr } = run("config", ["--answers", path]);
		assert.equal(status, 64);
		assert.match(stderr, /^verifichain: .*belongs to another user\n$/);
	});
});

describe("the command line", () => {
	for (const setting of ["password=secret", "homePassword=secret", "homePin=secret", "password"]) {
		test(`refuses --set ${setting}, since others can read it`, () => {
			const { status, stderr } = run("config", ["--set", setting]);
			assert.equal(status, 64);
			assert.match(stderr, /others on this machine can read the command line; give it by --answers FILE/);
			assert.ok(!stderr.includes("secret"));
		});
	}
});

describe("a headless node", () => {
	test("founds a home from its answers, is joined, and ends by a signal only", async () => {
		const [port, other] = await freePorts(2);
		const common = "homePassword=correct horse\nhomePin=2580\n";
		const answers = file(`${common}name=lamp\ntype=light\ngenesis=begun by a file\n`);
		const args = [
			"--headless",
			"--port",
			`${port}`,
			"--set",
			"line=2",
			"--set",
			"rounds=1000",
			"--set",
			"button=3"
		];
		const data = join(scratch, "lamp");
		const lamp = await start(
			[...args, "--data", data, "--answers", answers, "--set", "buttonTask=lamp on"],
			"ready "
		);
		assert.ok(!/correct horse|2580/.test(lamp.text), lamp.text);

		const desk = new NodeProcess({
			build: program,
			data: join(scratch, "desk"),
			port: other,
			peers: [`127.0.0.1:${port}`]
		});
		desk.start("n", "desk", "light", "correct horse", "2580");
		await desk.waitFor(/ready /);
		await desk.ask("task lamp on", /lamp: on\n/);
		await desk.stop();

		assert.equal(lamp.exitCode, null, "the end of the input did not end it");
		lamp.kill("SIGTERM");
		assert.deepEqual(await lamp.over, [143, null]);
		const again = await start([...args, "--data", data, "--answers", answers], "ready ");
		assert.ok(!again.text.includes("Recovery"), "an identity needs no answers");
		again.kill("SIGTERM");
		await again.over;
	});

	test("with a line that there is not says so and ends, and has founded its home once", {
		timeout: 60_000
	}, async () => {
		const [port] = await freePorts(1);
		const answers = file("homePassword=correct horse\nhomePin=2580\nname=lamp\ntype=light\ngenesis=begun\n");
		const args = ["--headless", "--port", `${port}`, "--set", "rounds=1000", "--answers", answers];
		args.push("--data", join(scratch, "no-line"));
		let founded = 0;
		for (let time = 0; time < 2; time += 1) {
			const node = await start([...args, "--set", "line=99"], "lines are virtual here, 0 to 63");
			assert.deepEqual(await node.over, [78, null], node.text);
			assert.doesNotMatch(node.text, /exception|failed|could not be founded/);
			if (node.text.includes("Recovery key")) founded += 1;
		}
		const node = await start([...args, "--set", "line=2"], "ready ");
		assert.ok(founded === 1 && !node.text.includes("Recovery key"), node.text);
		node.kill("SIGTERM");
		await node.over;
	});

	test("over a hundred power cycles it gives who poses as its home one guess at the password", async context => {
		const { fake, peer } = await pretend(context, 1);
		const [port] = await freePorts(1);
		const common = "name=door\ntype=lock\nhomePassword=correct horse\n";
		const data = join(scratch, "cycled");
		const args = ["--headless", "--port", `${port}`, "--data", data, "--set", "line=2"];
		const cycle = async (answers, text) => {
			const node = await start([...args, ...peer, "--answers", answers], text);
			assert.deepEqual(await node.over, [78, null], node.text);
			return node.text;
		};
		const answers = file(`${common}homePin=2580\n`);
		await cycle(answers, "Not joined: wrong password or PIN.");
		for (let number = 1; number < 100; number += 1) await cycle(answers, "was tried before");
		assert.deepEqual([fake.guesses, fake.shares.size], [1, 1]);
		await cycle(file(`${common}homePin=2581\n`), "Not joined: wrong password or PIN.");
		assert.equal(fake.guesses, 2, "other answers are tried");
	});

	test("asks no home where more than one answers, and says what to set", async context => {
		const [port] = await freePorts(1);
		const places = [await pretend(context, 1), await pretend(context, 2)];
		const answers = file("name=door\ntype=lock\nhomePassword=correct horse\nhomePin=2580\n");
		const args = ["--headless", "--port", `${port}`, "--data", join(scratch, "two"), "--answers", answers];
		const peers = places.flatMap(({ peer }) => peer);
		const node = await start(
			[...args, ...peers],
			`more than one home answers (${inventedId(1)}, ${inventedId(2)}): set home= to the id of yours.`
		);
		node.kill("SIGKILL");
		await node.over;
		assert.deepEqual(
			places.map(({ fake }) => fake.shares.size),
			[0, 0]
		);
		const chosen = await start([...args, ...peers, "--set", `home=${inventedId(2)}`], "wrong password");
		assert.deepEqual(await chosen.over, [78, null]);
		assert.deepEqual(
			places.map(({ fake }) => fake.guesses),
			[0, 1]
		);
	});

	test("takes no password that only some keyboards can write", async () => {
		const [port] = await freePorts(1);
		for (const word of ["Schl\u00fcsselbund", "Schlu\u0308sselbund"]) {
			const answers = file(`name=door\ntype=lock\nhomePassword=${word}\nhomePin=2580\n`);
			const node = await start(
				["--headless", "--port", `${port}`, "--data", join(scratch, "unicode"), "--answers", answers],
				"homePassword will not do: a password has letters without accents"
			);
			assert.ok(!node.text.includes(word));
			assert.deepEqual(await node.over, [78, null]);
		}
	});

	test("takes what systemd hands to it for nothing, as for a wrong argument", () => {
		const unit = readFileSync(join(root, "hosts/linux/verifichain.service"), "utf8");
		assert.match(unit, /^RestartPreventExitStatus=64 78$/m);
		assert.match(unit, /^ExecStart=.* --headless /m);
	});
});

describe("a headless node that lacks something ends with 78, a line that says what, and all as it was", () => {
	const common = "homePassword=correct horse\nhomePin=2580\n";
	let folders = 0;

	/** Runs one to its end. */
	async function refusal(text, { data, more = [] } = {}) {
		const [port] = await freePorts(1);
		folders += 1;
		const place = data ?? join(scratch, `refused-${folders}`);
		const before = contents(place);
		const args = [
			"--headless",
			"--port",
			`${port}`,
			"--data",
			place,
			"--set",
			"rounds=1000",
			"--set",
			"line=2"
		];
		const answers = text === undefined ? [] : ["--answers", file(text)];
		const child = spawn(program, [...args, ...more, ...answers], { stdio: ["pipe", "pipe", "pipe"] });
		started.push(child);
		// What somebody types ahead is no answer either.
		child.stdin.on("error", () => undefined).end("y\nwipe\nlamp\nlight\ncorrect horse\n2580\nbegun\n");
		let [said, shown] = ["", ""];
		child.stderr.setEncoding("utf8").on("data", part => {
			said += part;
		});
		child.stdout.setEncoding("utf8").on("data", part => {
			shown += part;
		});
		const [code] = await once(child, "close");
		assert.equal(code, 78, shown + said);
		assert.match(said, /^verifichain: [^\n]+\n$/);
		assert.doesNotMatch(shown + said, /correct horse|2580/);
		assert.deepEqual(contents(place), before);
		return said;
	}

	/** What is kept in a folder, byte by byte. */
	function contents(place) {
		const kept = join(place, "verifichain");
		if (!existsSync(kept)) return [];
		return readdirSync(kept).map(name => [name, readFileSync(join(kept, name), "hex")]);
	}

	for (const [what, text, message] of [
		[
			"no identity and no answers",
			undefined,
			/homePassword=\.\.\., homePin=.*genesis=.* into the --answers FILE\n/
		],
		[
			"no name",
			`${common}type=light\n`,
			/name is missing: put a line name=\.\.\. into the --answers FILE, or say --set name=\.\.\.\n/
		],
		[
			"no PIN",
			"name=lamp\ntype=light\nhomePassword=correct horse\n",
			/homePin is missing: put a line homePin=\.\.\. into the --answers FILE\n/
		],
		["no password", "name=lamp\ntype=light\nhomePin=2580\n", /homePassword is missing/],
		[
			"no password for a first node",
			"name=lamp\ntype=light\nhomePin=2580\ngenesis=x\n",
			/homePassword is missing/
		],
		[
			"a type that there is not",
			`${common}name=lamp\ntype=toaster\n`,
			/type will not do: the types are light/
		],
		["a name that means something else", `${common}name=all\ntype=light\n`, /name will not do: "all" means/],
		[
			"a PIN that is none",
			"name=lamp\ntype=light\nhomePassword=correct horse\nhomePin=25\n",
			/homePin will not do/
		],
		["a setting that will not do", `${common}name=lamp\ntype=light\nrounds=5\n`, /rounds is to be a number/],
		["a suite that there is not", `${common}name=lamp\ntype=light\nsuite=papr\n`, /papr/]
	]) {
		test(what, async () => {
			assert.match(await refusal(text), message);
		});
	}

	test("an identity that is damaged, which nobody wipes", async () => {
		const data = join(scratch, "damaged");
		const [port] = await freePorts(1);
		const node = new NodeProcess({ build: program, data, port, settings: ["rounds=1000", "line=2"] });
		node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await node.waitFor(/ready /);
		await node.stop();
		writeFileSync(join(data, "verifichain/identity"), "no identity");
		assert.match(
			await refusal(`${common}name=lamp\ntype=light\ngenesis=x\n`, { data }),
			/"identity" is damaged/
		);
	});

	test("a name that is taken in the home, and the same again after a restart", async () => {
		const [port] = await freePorts(1);
		const lamp = new NodeProcess({
			build: program,
			data: join(scratch, "taken"),
			port,
			settings: ["rounds=1000", "line=2"]
		});
		lamp.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await lamp.waitFor(/ready /);
		const data = join(scratch, "second");
		const more = ["--peer", `127.0.0.1:${port}`];
		for (let time = 0; time < 2; time += 1) {
			const said = await refusal(`${common}name=lamp\ntype=light\n`, { data, more });
			assert.match(said, /Not joined: .*name/);
		}
		const lantern = file(`${common}name=lantern\ntype=light\n`);
		const [other] = await freePorts(1);
		const args = [
			"--headless",
			"--port",
			`${other}`,
			"--data",
			data,
			"--set",
			"line=2",
			"--answers",
			lantern
		];
		const node = await start([...args, ...more], "ready ");
		node.kill("SIGTERM");
		await node.over;
		await lamp.stop();
	});
});

describe("a headless node that was not admitted yet", () => {
	const answers = () => file("name=door\ntype=lock\nhomePassword=correct horse\nhomePin=2580\n");

	test("tries on over restarts, whether nobody answered or nobody invited, until it is a member", async () => {
		const [port, home] = await freePorts(2);
		const args = ["--headless", "--port", `${port}`, "--data", join(scratch, "patient"), "--set", "line=2"];
		args.push("--peer", `127.0.0.1:${home}`, "--answers", answers());
		const cycle = async text => {
			const node = await start(args, text);
			node.kill("SIGKILL");
			await node.over;
			assert.doesNotMatch(node.text, /Password|tried before/);
		};
		for (let time = 0; time < 3; time += 1) await cycle(`no home found at 127.0.0.1:${home}. Trying again`);
		const lamp = new NodeProcess({
			build: program,
			data: join(scratch, "patients-home"),
			port: home,
			settings: ["rounds=1000", "line=2"]
		});
		lamp.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await lamp.waitFor(/ready /);
		await lamp.ask("uninvite", /\n/);
		for (let time = 0; time < 3; time += 1) await cycle("Trying again");
		await lamp.ask("invite", /Inviting/);
		await cycle("ready ");
		await cycle("ready ");
		await lamp.stop();
	});

	test("is admitted although it is killed again and again on the way, or says that a guess may have been tested", async () => {
		const [port, home] = await freePorts(2);
		const lamp = new NodeProcess({
			build: program,
			data: join(scratch, "killers-home"),
			port: home,
			settings: ["rounds=1000", "line=2"]
		});
		lamp.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await lamp.waitFor(/ready /);
		const args = ["--headless", "--port", `${port}`, "--data", join(scratch, "killed"), "--set", "line=2"];
		args.push("--peer", `127.0.0.1:${home}`, "--answers", answers());
		let outcome = "";
		for (let pause = 40; pause < 4_000 && outcome === ""; pause += 90) {
			const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
			started.push(child);
			let said = "";
			for (const stream of [child.stdout, child.stderr]) {
				stream.setEncoding("utf8").on("data", part => {
					said += part;
				});
			}
			const over = once(child, "exit");
			await wait(pause);
			child.kill("SIGKILL");
			const [code] = await over;
			assert.doesNotMatch(said, /Password of the home/);
			if (code === 78) outcome = said;
			else if (said.includes("ready ")) outcome = "ready";
		}
		assert.match(outcome, /^ready$|tried before, and is not tried again by itself. It is tried again when/);
		await lamp.stop();
	});

	test("waits for a press where it has a button, once a guess may have been tested", async context => {
		const { fake, peer } = await pretend(context, 1);
		const [port] = await freePorts(1);
		const args = ["--headless", "--port", `${port}`, "--data", join(scratch, "pressable"), "--set", "line=2"];
		args.push("--set", "button=3", "--answers", answers(), ...peer);
		for (const text of ["Not joined: wrong password or PIN.\n", "was tried before"]) {
			const node = await start(args, text);
			await wait(300);
			assert.equal(node.exitCode, null, node.text);
			assert.match(node.text, /press the button to try it once more\./);
			assert.doesNotMatch(node.text, /or type|Password of/);
			node.kill("SIGTERM");
			await node.over;
		}
		assert.equal(fake.guesses, 1);
	});
});

describe("why it ended", () => {
	test("an error that escaped is kept, for its owner only, and shown by the next one", () => {
		const data = join(scratch, "fault");
		assert.equal(run("uncaught", ["--data", data]).status, 70);
		assert.equal(
			readFileSync(join(data, "last.fault"), "utf8"),
			"uncaught exception: TypeError: thrown in a callback"
		);
		assert.equal(statSync(join(data, "last.fault")).mode & 0o777, 0o600);
		assert.ok(!existsSync(join(data, "last.fault.new")));
		assert.equal(run("recursion", ["--data", data]).status, 70);
		assert.equal(readFileSync(join(data, "last.fault"), "utf8"), "stack overflow");
	});

	test("status shows it on one line of plain text, whatever is in the file, until the node is reset", async () => {
		const data = join(scratch, "shown");
		const [port] = await freePorts(1);
		const node = new NodeProcess({
			build: program,
			data,
			port,
			settings: ["line=2", "rounds=1000", "button=3"]
		});
		node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
		await node.waitFor(/ready /);
		const first = (await node.ask("status", /memory .*\n/)).input;
		assert.ok(!first.includes("restart "));
		assert.match(first, /link +online.*; up 00:0\d:\d\d\n/);
		await node.stop();
		writeFileSync(join(data, "last.fault"), "a cause\nwith \u001b[2J tricks");
		node.start();
		await node.waitFor(/ready /);
		await node.ask("status", /restart +a cause\?with \?\[2J tricks\n/);
		node.type("reset");
		node.type("wipe");
		assert.equal(await node.ended(), 0);
		assert.ok(!existsSync(join(data, "last.fault")));
	});
});

test("a press of the virtual button does its task: line 3 goes down and up", async () => {
	const [port] = await freePorts(1);
	const settings = ["line=2", "rounds=1000", "button=3", "led=4", "buttonTask=lamp toggle"];
	const node = new NodeProcess({ build: program, data: join(scratch, "pressed"), port, settings });
	node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun");
	await node.waitFor(/ready /);
	for (const state of ["on", "off"]) {
		node.type("line 3 0");
		await wait(60);
		await node.ask(
			"line 3 1",
			new RegExp(`line 2 = ${state === "on" ? 1 : 0}\n[\\s\\S]*button: lamp: ${state}\n`)
		);
		await wait(60);
	}
	await node.stop();
});

test("the line of an LED that blinks is told of once, and again when it has come to rest", async () => {
	const [port] = await freePorts(1);
	const node = new NodeProcess({
		build: program,
		data: join(scratch, "blinks"),
		port,
		settings: ["line=2", "rounds=1000", "button=3", "led=4", "buttonTask=lamp on"]
	});
	node.start();
	await node.waitFor(/line 4 blinks\n/);
	await wait(7_000);
	const told = node.output.match(/^line 4 .*$/gm);
	assert.deepEqual(told, ["line 4 = 1", "line 4 = 0", "line 4 blinks"]);
	await node.stop();
});
