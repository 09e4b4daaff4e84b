/**
 * A home of three virtual nodes on this machine, each its own process on the XS engine, talking UDP over loopback. Its nodes
 * keep what they keep in home/ of the project, and go on with it the next time; `--fresh` begins anew.
 *
 * `--story` plays the whole story without a person, in a folder that goes with it, and ends with 0 only if every stage was
 * seen. `--suite paper` plays in the paper's own, insecure suite. `--folder DIR`: another one than home/.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BuildError, launchable } from "../launch.mjs";
import { freePorts, NodeProcess } from "./node-process.mjs";

const password = "correct horse";
const pin = "2580";
const project = fileURLToPath(new URL("../../", import.meta.url));

/** Says why there is no demonstration, and ends. */
function refuse(text) {
	console.error(text);
	process.exit(64);
}

function readArguments() {
	try {
		return parseArgs({
			options: {
				story: { type: "boolean", default: false },
				fresh: { type: "boolean", default: false },
				suite: { type: "string", default: "secure" },
				folder: { type: "string", default: path.join(project, "home") }
			}
		}).values;
	} catch (error) {
		return refuse(`${error.message}\nnpm start -- [--fresh] [--story] [--suite secure|paper] [--folder DIR]`);
	}
}

const { story: isStory, fresh: isFresh, suite, folder: chosen } = readArguments();
if (suite !== "secure" && suite !== "paper") refuse(`There is no suite "${suite}": secure or paper.`);
const isSecure = suite === "secure";
/** How many grants the lamp gives: the paper's suite asks for none. */
const grants = isSecure ? 1 : 0;
const folder = isStory ? await mkdtemp(path.join(os.tmpdir(), "verifichain-")) : path.resolve(chosen);
/** By this file a folder is known to be of a home of this program, and whether it can be gone on with. */
const note = path.join(folder, "house.json");
const program = process.env.VERIFICHAIN ?? built();
const nodes = [];
let isEnding = false;
/** The node at whose console a person types. */
let typedAt;

function built() {
	try {
		return launchable();
	} catch (error) {
		if (!(error instanceof BuildError)) throw error;
		return refuse(`${error.message}.`);
	}
}

function node(name, port, peerPort) {
	const process = new NodeProcess({
		build: program,
		data: path.join(folder, name),
		port,
		peers: peerPort === undefined ? [] : [`127.0.0.1:${peerPort}`],
		settings: ["line=2", `suite=${suite}`],
		onLine: line => {
			if (/^(\*|line )/.test(line)) tell(`    [${name}] ${line}`);
		}
	});
	nodes.push(process);
	return process;
}

/** Shows a line, above one that is being typed. */
function tell(line) {
	console.log(typedAt === undefined ? line : `\r\u001b[K${line}`);
	typedAt?.redraw();
}

let stages = 0;

function stage(text) {
	stages += 1;
	console.log(`\n${stages}. ${text}`);
}

function seen(text) {
	console.log(`   ok  ${text}`);
}

function check(condition, text) {
	if (!condition) throw new Error(`not so: ${text}`);
	seen(text);
}

async function end(code) {
	if (isEnding) return;
	isEnding = true;
	await Promise.all(nodes.map(each => (each.isRunning ? each.stop() : undefined)));
	if (isStory) await rm(folder, { recursive: true, force: true });
	process.exit(code);
}

process.on("SIGINT", () => end(isStory ? 130 : 0));
process.on("SIGTERM", () => end(143));

async function found(lamp) {
	stage("A lamp is the first node: it founds the home with a password, a PIN and a genesis message.");
	lamp.start("y", "lamp", "light", password, password, pin, pin, "Our home, begun today");
	const [, key] = await lamp.waitFor(/Recovery key[^\n]*\n([0-9A-Z ]+)\n/);
	seen(`its recovery key, shown only now, to be kept on paper: ${key}`);
	const [, id] = await lamp.waitFor(/ready ([0-9a-f]{32}) lamp light/);
	seen(`its block is the genesis block; its node id is ${id}`);
}

async function join(who, name, type, via) {
	if (isSecure) {
		await via.ask("invite", /Inviting for 120 seconds/);
		seen("a member invites for two minutes: nobody can join without");
	}
	who.start("n", name, type, password, pin);
	const [, id] = await who.waitFor(/ready ([0-9a-f]{32}) /);
	await via.waitFor(new RegExp(`admitted ${name}`));
	if (isSecure)
		seen("synchronization: SPAKE2+ showed both sides that the other knows the password, without telling it");
	seen(`the sponsor made ${name} the next block; its node id is ${id}`);
	seen(
		`authentication${isSecure ? " by EDHOC" : ""}: its id is on the chain; the block request brought it the chain`
	);
}

async function blocks(who, count) {
	await who.until("status", new RegExp(`chain +${count} blocks`));
}

/** What is known of the home of the last time; undefined where there is none to go on with. */
async function kept() {
	if (isStory) return undefined;
	const isOurs = existsSync(note);
	if (!isOurs && existsSync(folder) && readdirSync(folder).length > 0)
		return refuse(`${folder} holds something else than a home of this program.`);
	const home = isOurs && !isFresh ? JSON.parse(readFileSync(note, "utf8")) : undefined;
	if (home?.isWhole) {
		if (home.suite === suite) return home;
		return refuse(`The home in ${folder} is of suite "${home.suite}": add --fresh to begin anew.`);
	}
	await mkdir(folder, { recursive: true, mode: 0o700 });
	for (const name of ["lamp", "door", "switch"])
		await rm(path.join(folder, name), { recursive: true, force: true });
	return undefined;
}

function writeNote(ports, isWhole) {
	if (!isStory) writeFileSync(note, JSON.stringify({ suite, ports, isWhole }));
}

/** A home of three, in which the switch may open the door. */
async function begin(lamp, lock, knob) {
	await found(lamp);
	stage("A door lock joins through the lamp.");
	await join(lock, "door", "lock", lamp);
	stage("A wall switch joins through the lamp.");
	await join(knob, "wall switch", "switch", lamp);
	for (const each of nodes) await blocks(each, 3);
	seen("all three hold the same three blocks");

	stage("The switch asks the lamp to light up.");
	await knob.ask("task lamp on", /lamp: on\n/);
	seen("the lamp authenticated the asker, changed its state, and reported back");

	if (!isSecure) return;
	stage("The lamp, which founded the home, lets the switch open the door.");
	await knob.ask("task door unlock", /door: not granted\n/);
	seen("before that the switch was not allowed to");
	await lamp.ask("grant wall switch unlock door", /may unlock/);
	for (const each of nodes) await blocks(each, 3 + grants);
	await knob.ask("task door unlock", /door: unlocked\n/);
	await knob.ask("task door lock", /door: locked\n/);
	seen("now it opens the door, and locks it again");
}

async function goOn() {
	for (const each of nodes) {
		each.start();
		const [, id, name] = await each.waitFor(
			/(?:ready ([0-9a-f]{32}) (.*) \w+ port|first node of a new home)/
		);
		const who = path.basename(each.data);
		if (id === undefined) throw new Error(`the ${who} was wiped; "npm start -- --fresh" begins anew`);
		seen(`${name} is there again, with its key and its chain`);
	}
}

try {
	const home = await kept();
	const ports = await freePorts(4, home?.ports ?? [5683, 5684, 5685, 5686]);
	console.log(`VerifiChain: a home without a server, on this machine's loopback, suite "${suite}".`);
	console.log(`Password "${password}", PIN ${pin}; the nodes keep their keys and chains in ${folder}.`);
	const [lampPort, lockPort, switchPort, sensorPort] = ports;
	const lamp = node("lamp", lampPort);
	const lock = node("door", lockPort, lampPort);
	const knob = node("switch", switchPort, lampPort);
	if (home === undefined) {
		writeNote(ports, false);
		await begin(lamp, lock, knob);
	} else {
		stage("The home of last time goes on (npm start -- --fresh begins anew).");
		await goOn();
	}

	writeNote(ports, true);
	if (isStory) {
		stage("The lamp, which founded the home, opens the door; the switch shuts it, and asks everyone.");
		await lamp.ask("task door unlock", /door: unlocked\n/);
		await knob.ask("task lock lock", /door: locked\n/);
		await knob.answers("task all read", [/wall switch: o(n|ff)\n/, /lamp: on\n/, /door: locked\n/]);
		seen("each device concerned answered with its state");

		stage("Someone with a wrong password tries to join.");
		const thief = node("thief", sensorPort, lampPort);
		if (isSecure) await lamp.ask("invite", /Inviting/);
		thief.start("n", "thief", "light", "wrong horse", pin);
		await thief.waitFor(/Not joined: wrong password or PIN/);
		seen("it was told so, and is not on the chain");
		await thief.kill();
		await rm(thief.data, { recursive: true, force: true });

		stage("The lamp loses its power; while it is away a sensor joins through the door lock.");
		await lamp.kill();
		await knob.ask("task lamp off", /lamp: no answer\n/, 15_000);
		seen("a task for the lamp gets no answer");
		const sensor = node("window", sensorPort, lockPort);
		await join(sensor, "window", "sensor", lock);

		stage("The lamp comes back.");
		lamp.start();
		await lamp.waitFor(/ready [0-9a-f]{32} lamp light/);
		seen("it asks nothing: its identity and chain were kept");
		await blocks(lamp, grants + 4);
		seen("it fetched the block that it missed");
		await sensor.until("members", /window \(sensor, provisional member admitted by door\)/);
		await lamp.ask("confirm window", /window is confirmed\.\n/);
		await blocks(sensor, grants + 5);
		await sensor.until("members", /window \(sensor\)/);
		seen("it is an owner: it confirms the sensor, which until then could admit nobody");
		await sensor.until("task lamp read", /lamp: on\n/);
		seen("it is lit as it was before, and answers a node that it had never met");

		stage("The chain, as any program can verify it.");
		const [line] = await lamp.ask("export", /\[\{.*\}\]\n/);
		const chain = JSON.parse(line);
		check(chain.length === grants + 5, `the export holds ${grants + 5} blocks`);
		check(
			chain.slice(1).every(block => chain.some(({ hash }) => hash.startsWith(block.previous))),
			"each names the one before it of its author, or the genesis block"
		);
		for (const each of nodes.filter(each => each.isRunning))
			check((await each.stop()) === 0, "a node ended cleanly");
		console.log(`\nThe whole story was seen: ${stages} stages.`);
		await end(0);
	} else {
		console.log(
			'\nYou are at the console of the wall switch. Try "task lamp off", "task door unlock", "members",'
		);
		console.log('"chain", "help"; "quit" or ctrl-D ends it, and "npm start" goes on with this home.\n');
		if (process.stdin.isTTY && process.stdout.isTTY) {
			await knob.stop();
			typedAt = knob;
			await end((await knob.runAtTerminal()) ?? 1);
		}
		knob.onLine = line => {
			console.log(line);
		};
		const input = readline.createInterface({ input: process.stdin });
		input.on("line", line => knob.type(line));
		input.on("close", () => end(0));
		const code = await knob.ended();
		await end(code ?? 1);
	}
} catch (error) {
	console.error(`\nThe story broke off: ${error.message}`);
	await end(1);
}
