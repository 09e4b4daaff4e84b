import assert from "node:assert/strict";
import dgram from "node:dgram";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { answerTo, Home, hasBlocks, password, pin } from "./home.mjs";

for (const suite of ["secure", "paper"]) {
	const sentence = `garbage from a stranger neither stops a node nor grows it, in the ${suite} suite`;
	test(sentence, context => withstand(context, suite));
}

async function withstand(context, suite) {
	const home = await Home.open(context, 2);
	const lamp = await home.found("lamp", "light", suite);
	const door = await home.join("door", "lock", lamp);
	await door.ask("task lamp on", /lamp: on\n/);
	const before = await residentKilobytes(lamp.pid);
	const socket = dgram.createSocket("udp4");
	const send = bytes => new Promise(resolve => socket.send(bytes, lamp.port, "127.0.0.1", resolve));
	let state = 7;
	const byte = () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return (state >> 16) & 0xff;
	};
	const header = () => [0x40 | (byte() & 0x38), byte() & 0x1f, byte(), byte()];
	const paths = [
		[0xb4, ...Buffer.from("sync")],
		[0xbb, ...Buffer.from(".well-known"), 0x05, ...Buffer.from("edhoc")]
	];
	for (let count = 0; count < 20_000; count += 1) {
		const noise = Array.from({ length: byte() % 64 }, byte);
		if (count % 4 === 0) await send(Buffer.from(noise));
		else if (count % 4 === 1) await send(Buffer.alloc(0));
		else if (count % 4 === 2) await send(Buffer.from([...header(), ...noise]));
		else
			await send(
				Buffer.from([0x40, 0x02, byte(), byte(), ...paths[(count >> 2) % paths.length], 0xff, 0x20, ...noise])
			);
		// As fast as the node can read them: what the kernel drops would prove nothing.
		if (count % 50 === 0) await new Promise(resolve => setTimeout(resolve, 2));
	}
	await send(Buffer.alloc(60_000, 0x41));
	socket.close();
	await answerTo(door, "task lamp off", /lamp: off\n/);
	await hasBlocks(lamp, 2);
	if (suite === "paper") assert.match(lamp.output, /tried to join with a wrong password or PIN/);
	assert.ok(lamp.output.length < 20_000, "strangers do not fill the console");
	const after = await residentKilobytes(lamp.pid);
	context.diagnostic(`resident: ${before} kB before, ${after} kB after`);
	assert.ok(after < before + 1024, `resident: ${before} kB before, ${after} kB after`);
}

test("a wrong password, then a wrong PIN, are told to the joiner, who can still join", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const door = home.node("door", lamp);
	door.start("n", "door", "lock", "wrong horse", pin);
	await door.waitFor(/Not joined: wrong password or PIN/);
	door.type(password);
	door.type("0000");
	await door.waitFor(/Not joined: wrong password or PIN/);
	await hasBlocks(lamp, 1);
	door.type(password);
	door.type(pin);
	await door.waitFor(/ready [0-9a-f]{32} door lock/);
	await hasBlocks(lamp, 2);
});

test("a port that is taken, and a wrong setting, are told in a sentence", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const other = home.node("other");
	other.port = lamp.port;
	other.start();
	assert.equal(await other.ended(), 75);
	assert.match(other.output, /in use/);
	assert.equal(other.output.trim().split("\n").length, 1, other.output);
	other.settings = ["rounds=3"];
	other.start();
	assert.equal(await other.ended(), 1);
	assert.match(other.output, /rounds is to be a number from 1000 to 65536/);
});

async function residentKilobytes(pid) {
	const status = await readFile(`/proc/${pid}/status`, "utf8");
	return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]);
}
