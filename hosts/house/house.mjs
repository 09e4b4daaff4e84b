/**
 * A home of three virtual nodes on this machine, each its own process on the XS engine, talking UDP over
 * loopback. `--story` plays the whole story without a person and ends with 0 only if every stage was seen.
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { freePorts, NodeProcess } from "./node-process.mjs";

const password = "correct horse";
const pin = "2580";
const isStory = process.argv.includes("--story");
/** `--suite paper` plays it in the paper's own, insecure suite. */
const suite = process.argv.includes("--suite") ? process.argv[process.argv.indexOf("--suite") + 1] : "secure";
const isSecure = suite === "secure";

const folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
const ports = await freePorts(4, [5683, 5684, 5685, 5686]);
const nodes = [];
let isEnding = false;

function node(name, port, peerPort) {
	const process = new NodeProcess({
		data: path.join(folder, name),
		port,
		peers: peerPort === undefined ? [] : [`127.0.0.1:${peerPort}`],
		settings: ["line=2", `suite=${suite}`],
		onLine: line => {
			if (/^(\*|line )/.test(line)) console.log(`    [${name}] ${line}`);
		}
	});
	nodes.push(process);
	return process;
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
	await rm(folder, { recursive: true, force: true });
	process.exit(code);
}

process.on("SIGINT", () => end(isStory ? 130 : 0));
process.on("SIGTERM", () => end(143));

async function found(lamp) {
	stage("A lamp is the first node: it founds the home with a password, a PIN and a genesis message.");
	lamp.start("y", "lamp", "light", password, pin, "Our home, begun today");
	const [, key] = await lamp.waitFor(/Recovery key[^\n]*\n([0-9A-Z ]+)\n/);
	seen(`its recovery key, to be kept on paper, was shown once (${key.split(" ").length} groups of letters)`);
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

try {
	console.log(`VerifiChain: a home without a server, on this machine's loopback, suite "${suite}".`);
	console.log(`Password "${password}", PIN ${pin}; the nodes keep their chains below ${folder}.`);
	const [lampPort, lockPort, switchPort, sensorPort] = ports;
	const lamp = node("lamp", lampPort);
	const lock = node("door", lockPort, lampPort);
	const knob = node("switch", switchPort, lampPort);

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

	if (isStory) {
		stage("The lamp, which founded the home, opens the door; the switch shuts it, and asks everyone.");
		if (isSecure) {
			await knob.ask("task door unlock", /door: not granted\n/);
			seen("the switch was not allowed to open it");
		}
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
		await blocks(lamp, 4);
		seen("it fetched the block that it missed");
		await sensor.until("members", /window \(sensor, provisional member admitted by door\)/);
		await lamp.ask("confirm window", /window is confirmed\.\n/);
		await blocks(sensor, 5);
		await sensor.until("members", /window \(sensor\)/);
		seen("it is an owner: it confirms the sensor, which until then could admit nobody");
		await sensor.until("task lamp read", /lamp: on\n/);
		seen("it is lit as it was before, and answers a node that it had never met");

		stage("The chain, as any program can verify it.");
		const [line] = await lamp.ask("export", /\[\{.*\}\]\n/);
		const chain = JSON.parse(line);
		check(chain.length === 5, "the export holds five blocks");
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
		console.log('"chain", "help"; "quit" or ctrl-D ends the home.\n');
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
