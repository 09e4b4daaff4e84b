/** A new password of the home is an owner's checkpoint: from then on the old one opens the home to nobody. */
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Relay } from "../faults/relay.mjs";
import { Home, password, pin } from "./home.mjs";

const renewed = ["another horse", "8520"];

async function changePassword(owner) {
	await owner.ask("password", /Password of the home/);
	await owner.ask(renewed[0], /The same password once more/);
	await owner.ask("another house", /These were not the same/);
	owner.type(renewed[0]);
	await owner.ask(renewed[0], /PIN/);
	await owner.ask(renewed[1], /The same PIN once more/);
	await owner.ask(renewed[1], /The home has a new password\.\n/);
}

test("the old password admits nobody, neither at the owner nor at a member", async context => {
	const home = await Home.open(context, 4);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	await changePassword(lamp);
	await door.until("status", /chain +1 blocks/);
	await door.ask("chain", /base checkpoint 1 /);
	const joiners = [];
	for (const sponsor of [lamp, door]) {
		await sponsor.ask("invite", /Inviting/);
		const node = home.node(`by ${sponsor === lamp ? "lamp" : "door"}`, sponsor);
		node.start("n", sponsor === lamp ? "desk" : "attic", "light", password, pin);
		await node.waitFor(/Not joined: (?:wrong password or PIN|this member has not heard)/);
		joiners.push(node);
	}
	await door.until("status", /members +2;/);
	for (const node of joiners) {
		for (const answer of renewed) node.type(answer);
		await node.waitFor(/ready [0-9a-f]{32} /, 30_000);
	}
	await lamp.until("status", /members +4;/);
});

test("a member that has heard of a new password and has not got it admits nobody by the old one", async context => {
	const relay = new Relay({ delay: 300 });
	const home = await Home.open(context, 3, relay);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	await door.until("status", /chain +2 blocks/);
	const isApart = (from, to) => [from, to].every(port => port === lamp.port || port === door.port);
	const heard = new Promise(resolve => {
		door.onLine = line => {
			if (!line.includes("took over checkpoint 1")) return;
			relay.reaches = (from, to) => !isApart(from, to);
			resolve();
		};
	});
	await door.ask("invite", /Inviting/);
	await changePassword(lamp);
	await heard;
	assert.doesNotMatch(door.output, /the home has a new password/, "it has not got it yet");
	relay.delay = 0;
	await door.ask("invite", /No: this node has not heard the home's password yet/);
	const attic = home.node("attic", door);
	attic.start("n", "attic", "light", password, pin);
	await attic.waitFor(/Not joined: this member has not heard the home's password yet\. Trying again/);
	// It tries again by itself, and is told the same.
	// The same is told once, and tried again: the second one of these has been refused when the third begins.
	await attic.waitFor(/synchronizing/);
	await attic.waitFor(/synchronizing/);
	await door.ask("status", /members +2;/);
	assert.doesNotMatch(door.output, /the home has a new password/);
	relay.heal();
	await door.waitFor(/the home has a new password/, 60_000);
	await attic.waitFor(/Not joined: wrong password or PIN/);
	for (const answer of renewed) attic.type(answer);
	await attic.waitFor(/ready [0-9a-f]{32} attic/);
	await wait(100);
	assert.doesNotMatch(door.output, /guesses/);
});
