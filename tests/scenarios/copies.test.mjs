/** Two nodes with one identity, of a copied folder or a card that was put back: both say so, and nobody else can make them say it. */
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Home } from "./home.mjs";
import { segment, skip } from "./namespaces.mjs";

/** A node that runs on a copy of another's folder. */
async function copyOf(home, node, build) {
	const copy = home.node("copy", undefined, build);
	await cp(node.data, copy.data, { recursive: true });
	copy.peers = node.peers;
	copy.start();
	await copy.waitFor(/ready /);
	return copy;
}

/** Both say so, at once and in `status`, by name and address. */
async function assertBothSay(one, other, hosts = ["127.0.0.1", "127.0.0.1"]) {
	for (const [node, host, { port }] of [
		[one, hosts[1], other],
		[other, hosts[0], one]
	]) {
		const place = `${host}:${port}`.replaceAll(".", "\\.");
		const told = new RegExp(
			`\\* two nodes are door \\([0-9a-f]{8}\\): this one, and one at ${place}; "reset" one of them`
		);
		await node.waitFor(told, 60_000);
		await node.ask(
			"status",
			new RegExp(`copy +${place} is door too, heard \\d+ s ago: "reset" one of the two\n`)
		);
	}
}

test("two nodes of one folder hear of each other by a member that sees both", async context => {
	const home = await Home.open(context, 3);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	await door.ask("task lamp on", /lamp: on\n/);
	const copy = await copyOf(home, door);
	await assertBothSay(door, copy);
	for (const node of [door, copy]) assert.equal(node.output.match(/two nodes are door/g).length, 1);
	// Who is started again is told again.
	await door.kill();
	door.start();
	await door.waitFor(/ready /);
	await door.waitFor(/two nodes are door/, 60_000);
	assert.doesNotMatch(lamp.output, /two nodes are/);
});

test("by broadcast they hear of each other also where no other member is there", { skip }, async context => {
	const [first, second, third] = await segment(context, 3);
	const home = await Home.open(context, 3);
	const lamp = await home.found("lamp", "light", undefined, third.build);
	const door = home.node("door", undefined, first.build);
	door.peers = [`${third.address}:${lamp.port}`];
	await home.admit(door, "lock", lamp);
	await lamp.stop();
	await door.stop();
	door.port = 5683;
	door.start();
	await door.waitFor(/ready /);
	const copy = home.node("copy", undefined, second.build);
	await cp(door.data, copy.data, { recursive: true });
	copy.port = 5683;
	copy.start();
	await copy.waitFor(/ready /);
	await assertBothSay(door, copy, [first.address, second.address]);
});

test("who only says that it is a node, and passes on or repeats what it asks, makes it say nothing", async context => {
	const home = await Home.open(context, 3);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	const [, id] = /ready ([0-9a-f]{32})/.exec(door.output);
	const [, homeId] = await door.ask("status", /home +([0-9a-f]{16})/);
	// The door looks for itself there, and is told that this is where it is.
	const socket = dgram.createSocket("udp4");
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	context.after(() => socket.close());
	const announcement = `</sync>;rt="verifichain";home="${homeId}";ep="${id}";suite="secure";rounds="4096";base="${"0".repeat(32)}.0"`;
	const questions = [];
	socket.on("message", (bytes, { port }) => {
		if (port !== door.port) return;
		const [first, code, high, low] = bytes;
		const token = bytes.subarray(4, 4 + (first & 15));
		const answer = (reply, payload) =>
			Buffer.from([
				((bytes[0] & 0x30) === 0x10 ? 0x50 : 0x60) | token.length,
				reply,
				high,
				low,
				...token,
				0xff,
				...Buffer.from(payload)
			]);
		// An answer to its own question, should it give one, answers that as it is.
		if (code === 0x44) socket.send(bytes, port, "127.0.0.1");
		else if (code === 1) socket.send(answer(0x45, announcement), port, "127.0.0.1");
		else if (code === 2 && bytes.includes("copy")) {
			questions.push(bytes);
			// Its own question comes back to it, and those of earlier lives.
			for (const question of questions) socket.send(question, port, "127.0.0.1");
			if (questions.length > 1) return;
			// The first is answered by what was asked.
			const at = bytes.indexOf(0xff) + 1;
			socket.send(answer(0x44, bytes.subarray(at + 16)), port, "127.0.0.1");
		}
	});
	door.peers = [...door.peers, `127.0.0.1:${socket.address().port}`];
	for (let life = 0; life < 2; life += 1) {
		await door.stop();
		const before = questions.length;
		door.start();
		await door.waitFor(/ready /);
		for (let waited = 0; waited < 20_000 && questions.length === before; waited += 100) await wait(100);
		assert.ok(questions.length > before, "it does not ask");
	}
	// By what it has asked before somebody has its attention, and no more.
	await wait(6_000);
	assert.ok(questions.length <= 5, `it asked ${questions.length} times`);
	assert.doesNotMatch(door.output, /two nodes are/);
	await door.ask("status", /members/);
	assert.doesNotMatch(door.output, /copy +/);
});
