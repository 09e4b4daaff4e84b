/** A machine that cannot send, in a network namespace of its own: its node says so, and goes on when it can again. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { Home, password, pin } from "./home.mjs";
import { Namespace, skip } from "./namespaces.mjs";

const unreachable = "this node cannot send: Network is unreachable";

describe("without a network", { skip, concurrency: true }, () => {
	test("who is to join is told that nothing can be sent, by broadcast and to a peer", async context => {
		const network = await Namespace.open(context);
		const home = await Home.open(context, 3);
		for (const via of [undefined, { port: 9 }]) {
			const door = home.node(`door${via?.port ?? ""}`, via, network.build);
			door.start("n", "door", "lock", password, pin);
			await door.waitFor(
				new RegExp(
					`Not joined: no home found${via ? " at 127.0.0.1:9" : ""}: ${unreachable}\\. Trying again in 5 seconds\\.\n`
				)
			);
			await door.kill();
		}
	});

	test("a member says so in status, with each task and when it watches, and goes on when there is one", async context => {
		const network = await Namespace.open(context);
		network.ip("link", "set", "lo", "up");
		const home = await Home.open(context, 2);
		const { build } = network;
		const lamp = await home.found("lamp", "light", undefined, build);
		const door = await home.join("door", "lock", lamp, { build });
		await door.ask("task lamp on", /lamp: on\n/);
		await door.ask("status", /link +online/);
		network.ip("address", "flush", "dev", "lo");
		await door.ask("task lamp off", new RegExp(`lamp: no answer: ${unreachable}\n`), 12_000);
		await door.ask("status", /link +cannot send: Network is unreachable; up/);
		await door.ask("watch lamp", new RegExp(`lamp: no answer: ${unreachable}\n`), 60_000);
		// Started again, it cannot either.
		await lamp.kill();
		lamp.start();
		await lamp.waitFor(/ready /);
		await lamp.until("status", /link +cannot send: Network is unreachable; up/);
		network.ip("address", "add", "127.0.0.1/8", "dev", "lo");
		await lamp.until("task door lock", /door: locked\n/, 60_000);
		await door.until("task lamp on", /lamp: on\n/, 60_000);
		for (const node of [lamp, door]) await node.ask("status", /link +online[^\n]*\n/);
		assert.doesNotMatch(door.output.slice(door.output.lastIndexOf("link ")), /cannot send to 127/);
	});

	test("one peer that cannot be reached is named, and the others answer", async context => {
		const network = await Namespace.open(context);
		network.ip("link", "set", "lo", "up");
		network.ip("route", "add", "unreachable", "10.9.9.9/32");
		const home = await Home.open(context, 2);
		const lamp = await home.found("lamp", "light", undefined, network.build);
		const door = home.node("door", lamp, network.build);
		door.peers.unshift("10.9.9.9:5683");
		await home.admit(door, "lock", lamp);
		await door.ask("task lamp on", /lamp: on\n/);
		await door.ask("status", /link +online; cannot send to 10\.9\.9\.9: No route to host; up/);
	});
});

test("a member looks for others where --peer says, also when all have moved", async context => {
	const home = await Home.open(context, 4);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	await door.ask("task lamp on", /lamp: on\n/);
	for (const node of [lamp, door]) await node.stop();
	// Both are elsewhere, and a broadcast does not reach from one port to the other.
	for (const node of [lamp, door]) node.port = home.node("spare").port;
	door.peers = [`127.0.0.1:${lamp.port}`];
	lamp.start();
	door.start();
	for (const node of [lamp, door]) await node.waitFor(/ready /);
	await door.until("task lamp off", /lamp: off\n/, 60_000);
	await lamp.until("task door lock", /door: locked\n/, 60_000);
	// Also where it knows no address of the one that it looks for.
	await door.stop();
	rmSync(path.join(door.data, "verifichain", "peers"));
	door.start();
	await door.waitFor(/ready /);
	await door.until("task lamp on", /lamp: on\n/, 60_000);
});
