/**
 * What strangers and members say, on the terminal of a real node: only printable characters come out, and a person
 * sees that there were others.
 */
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import Preference from "preference";
import { domain } from "../../build/js/modules/application/application.js";
import { suiteNamed } from "../../build/js/modules/application/suites.js";
import { SystemClock } from "../../build/js/modules/clock/system-clock.js";
import { found } from "../../build/js/modules/node/node.js";
import { Store } from "../../build/js/modules/store/store.js";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { Home, password, pin } from "./home.mjs";

/** Clears the screen, colours, names the window, rings, goes back to the line's start, turns the text round. */
const evil = "\x1b[2J\x1b[31m\x1b]0;owned\x07\r\u009b31m\u202edlrow\u202c\u200b\u00ad\u2028\u{e0041}";

/** All that may come out: a line's end, printable ASCII, and the letters beyond it that this test uses. */
const shown = /^[\n -~ü]*$/;

/** Asks a real node for what it prints while `answer` says what a stranger on its network replies. */
async function meetStranger(context, answer, suite = "secure") {
	const socket = dgram.createSocket("udp4");
	await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
	socket.on("message", (request, { address, port }) => {
		if (request.length < 4 || request[1] === 0 || request[1] >= 32) return;
		const token = request.subarray(4, 4 + (request[0] & 15));
		const reply = (code, ...rest) => {
			const type = (request[0] & 0x30) === 0 ? 0x60 : 0x50;
			const header = Buffer.from([type | token.length, code, request[2], request[3]]);
			socket.send(Buffer.concat([header, token, ...rest.map(part => Buffer.from(part))]), port, address);
		};
		if (request[1] !== 1) {
			reply(...answer);
			return;
		}
		const link = `</sync>;rt=verifichain;home=0123456789abcdef;ep=fedcba9876543210;suite=${suite};rounds=1000;inviting`;
		reply(0x45, [0xc1, 40, 0xff], link);
	});
	const folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
	const [port] = await freePorts(1);
	const peers = [`127.0.0.1:${socket.address().port}`];
	const settings = [`suite=${suite}`];
	const node = new NodeProcess({ data: path.join(folder, "node"), port, peers, settings });
	context.after(async () => {
		socket.close();
		if (node.isRunning) await node.kill();
		await rm(folder, { recursive: true, force: true });
	});
	node.start("n", "door", "lock", password, pin);
	return node;
}

for (const suite of ["secure", "paper"]) {
	for (const [code, name] of [
		[0x81, "4.01"],
		[0x83, "4.03"],
		[0x89, "4.09"],
		[0xa3, "5.03"]
	]) {
		test(`a stranger who refuses a joiner with ${name} writes nothing but text, in the ${suite} suite`, async context => {
			const node = await meetStranger(context, [code, [0xff], `no: ${evil}`], suite);
			const [line] = await node.waitFor(/Not joined: [^\n]*\n/);
			assert.match(node.output, shown);
			assert.match(line, /no: \\u001b\[2J.*\\u202e/);
		});
	}
}

/** A home whose only member has a name that no console takes, as a data folder. */
async function foundBadly(folder, name) {
	Preference.reset();
	const clock = new SystemClock();
	const random = count => crypto.getRandomValues(new Uint8Array(count));
	const store = new Store({ preference: Preference, domain });
	const profile = { name, type: 0, password, pin };
	const home = { clock, random, store, time: 1_700_000_000, profile, message: "m", rounds: 1000 };
	await new Promise((resolve, reject) => found({ ...home, suite: suiteNamed("secure") }, resolve, reject));
	mkdirSync(path.join(folder, domain), { recursive: true, mode: 0o700 });
	for (const key of Preference.keys(domain)) {
		writeFileSync(path.join(folder, domain, key), new Uint8Array(Preference.get(domain, key)), {
			mode: 0o600
		});
	}
}

test("a member's name turns no line round, and its export is the same JSON", async context => {
	const name = "tür\u202e\u200b\u{e0041}\u2066x";
	const escaped = "tür\\u202e\\u200b\\udb40\\udc41\\u2066x";
	const home = await Home.open(context, 2);
	const lamp = home.node("lamp");
	await foundBadly(lamp.data, name);
	lamp.start();
	const [, id] = await lamp.waitFor(/ready ([0-9a-f]{16}) [^\n]*\n/);
	const door = await home.join("door", "lock", lamp);
	for (const node of [lamp, door]) {
		for (const command of ["members", "chain", "status", "watch all", `grant ${id} admin`, `task ${id} on`]) {
			await node.ask(command, /\n/);
		}
		const [line] = await node.ask("export", /\[\{.*\}\]\n/);
		assert.equal(JSON.parse(line)[0].body[0], name);
		assert.match(node.output, shown);
		for (const what of [`${escaped} (light, founder)`, `${escaped} (light) founded`, `${escaped}: o`]) {
			assert.ok(node.output.includes(what), `${what}:\n${node.output}`);
		}
	}
});

test("what nobody can see is no part of a name that is chosen on the console", async context => {
	const home = await Home.open(context, 1);
	const lamp = home.node("lamp");
	lamp.start("y", "tür\u200b", "tür\u202e", "tür", "light", password, pin, "begun in a test");
	await lamp.waitFor(/cannot be seen[^\n]*\n[^\n]*cannot be seen[^\n]*\n/);
	await lamp.waitFor(/ready [0-9a-f]{16} tür light/);
	assert.match(lamp.output, shown);
});

test("what is typed comes back without what the terminal would obey", async context => {
	const home = await Home.open(context, 1);
	const lamp = await home.found();
	const [line] = await lamp.ask(`ta\x1b[31msk\u202e`, /There is no command [^\n]*\n/);
	assert.ok(line.includes('"ta\\u001b[31msk\\u202e"'), line);
	const [long] = await lamp.ask("x".repeat(1000), /There is no command [^\n]*\n/);
	assert.ok(long.length <= 512 && long.endsWith("[...]\n"), long);
});
