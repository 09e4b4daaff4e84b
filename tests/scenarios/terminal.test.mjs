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
import { Chain } from "../../build/js/modules/chain/chain.js";
import { SystemClock } from "../../build/js/modules/clock/system-clock.js";
import { found } from "../../build/js/modules/node/node.js";
import { BlockFile, Store } from "../../build/js/modules/store/store.js";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { answerTo, Home, password, pin } from "./home.mjs";

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
		const link = `</sync>;rt=verifichain;home=0123456789abcdef;ep=fedcba9876543210fedcba9876543210;suite=${suite};rounds=1000;base="${"0123456789abcdef".repeat(2)}.0";inviting`;
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
			// Of who does not invite its address is told.
			const isOwnWord = suite === "secure" && name === "4.03";
			assert.match(line, isOwnWord ? /127\.0\.0\.1:\d+ is not inviting/ : /no: \\u001b\[2J.*\\u202e/);
		});
	}
}

/** A home whose founder has also issued a block of a kind that nobody knows, with such a text in it, as a data folder. */
async function foundBadly(folder, text) {
	Preference.reset();
	const clock = new SystemClock();
	const random = count => crypto.getRandomValues(new Uint8Array(count));
	const store = new Store({ preference: Preference, domain });
	const profile = { name: "tür", type: 0, password, pin };
	const show = (_recoveryKey, keep) => keep();
	const home = { clock, random, store, time: 1_700_000_000, profile, message: "m", rounds: 1000, show };
	const identity = await new Promise((resolve, reject) =>
		found({ ...home, suite: suiteNamed("secure") }, resolve, reject)
	);
	const chain = new Chain({ storage: new BlockFile(store), home: identity.home });
	chain.load();
	const { id: author, privateKey } = identity;
	chain.issue({ author, privateKey, time: null, body: { kind: undefined, number: 99, value: [text] } });
	mkdirSync(path.join(folder, domain), { recursive: true, mode: 0o700 });
	for (const key of Preference.keys(domain)) {
		writeFileSync(path.join(folder, domain, key), new Uint8Array(Preference.get(domain, key)), {
			mode: 0o600
		});
	}
}

test("what a member's block says turns no line round, and its export is the same JSON", async context => {
	const text = "x\u202e\u200b\u{e0041}\u2066y";
	const home = await Home.open(context, 2);
	const lamp = home.node("lamp");
	await foundBadly(lamp.data, text);
	lamp.start();
	const [, id] = await lamp.waitFor(/ready ([0-9a-f]{32}) tür light[^\n]*\n/);
	const door = await home.join("door", "lock", lamp);
	for (const node of [lamp, door]) {
		for (const command of [
			"members",
			"chain",
			"status",
			"watch all",
			`grant ${id} unlock all`,
			`task ${id} on`
		]) {
			await node.ask(command, /\n/);
		}
		await answerTo(node, `task ${id} read`, /: on\n/);
		const [line] = await node.ask("export", /\[\{.*\}\]\n/);
		const blocks = JSON.parse(line);
		assert.deepEqual([blocks[0].body[0], blocks[1].body], ["tür", [text]]);
		assert.match(node.output, shown);
		for (const what of [
			"tür (light, owner)",
			"tür (light) founded",
			"x\\u202e\\u200b\\udb40\\udc41\\u2066y"
		]) {
			assert.ok(node.output.includes(what), `${what}:\n${node.output}`);
		}
	}
});

test("what nobody can see is no part of a name that is chosen on the console", async context => {
	const home = await Home.open(context, 1);
	const lamp = home.node("lamp");
	lamp.start("y", "tür\u200b", "tür\u202e", "tür", "light", password, password, pin, pin, "begun in a test");
	for (const hidden of ["200b", "202e"]) {
		await lamp.waitFor(new RegExp(`a name has no "\\\\u${hidden}"[^\\n]*; once more:\\n`));
	}
	await lamp.waitFor(/ready [0-9a-f]{32} tür light/);
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
