/** What a person meets in the first hour at a node's console: what can be left, what is refused and why, what is shown. */
import assert from "node:assert/strict";
import test from "node:test";
import { Home, password, pin } from "./home.mjs";

/** Types lines, of which none is to be acted on, and waits until the node has said so often that all is as it was. */
async function leaves(node, ...lines) {
	for (const line of lines) node.type(line);
	await node.waitFor(/Left as it was\.\n/);
}

test("every question can be left by an empty line, and nothing has changed", async context => {
	const home = await Home.open(context, 3);
	const lamp = home.node("lamp");
	lamp.readsPaper = false;
	// A first start begins anew, with other answers.
	lamp.start("y", "lump", "");
	await lamp.waitFor(/Type \(.*\n.*Left as it was\.\nIs this the first node of a new home\? \(y\/n\)\n/);
	await leaves(lamp, "y", "lump", "light", password, "");
	await leaves(lamp, "y", "lump", "light", password, password, "");
	await leaves(lamp, "y", "lump", "light", password, password, pin, "");
	await leaves(lamp, "y", "lump", "light", password, password, pin, "begun", "");
	assert.doesNotMatch(lamp.output, /ready /);
	lamp.readsPaper = true;
	for (const line of ["y", "lamp", "light", password, password, pin, "begun"]) lamp.type(line);
	await lamp.waitFor(/ready [0-9a-f]{32} lamp light/);
	const door = await home.join("door", "lock", lamp);
	await lamp.until("members", /door \(lock\)/);
	const [, digest] = await lamp.ask("status", /digest ([0-9a-f]{16})/);

	for (const lines of [
		["remove door", ""],
		["checkpoint", ""],
		["reset", ""],
		["password", ""],
		["password", "another horse", ""],
		["recovery", ""],
		["recover door", ""],
		["recover door", lamp.recoveryKey, ""],
		["recover door", lamp.recoveryKey, "lamp", ""],
		["recover door", lamp.recoveryKey, "-", ""]
	]) {
		await leaves(lamp, ...lines);
		// The next line is a command again.
		await lamp.ask("help", /status +this node/);
	}
	const [, after] = await lamp.ask("status", /digest ([0-9a-f]{16})/);
	assert.equal(after, digest);
	// Nobody was put out, and the password is the one before.
	await door.ask("status", /state +locked\n/);
	await home.join("knob", "switch", lamp);
});

test("who may not is told before anything is asked", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	for (const [command, why] of [
		["password", /^No: only an owner can give the home a new password\.\n/m],
		["checkpoint", /^No: .*owner/m],
		["remove lamp", /^No: .*\n/m],
		["wifi net", /^That did not work: the system connects this machine, not this program\.\n/m]
	]) {
		const start = door.output.length;
		await door.ask(command, why);
		await door.ask("help", /status +this node/);
		assert.doesNotMatch(door.output.slice(start), /\(y\/n\)|Password/);
	}
});

test("a home's password is typed twice, and none that is guessed first is taken where it is chosen", async context => {
	const home = await Home.open(context, 2);
	const lamp = home.node("lamp");
	lamp.start("y", "lamp", "light");
	const bad = [
		["        ", /that is spaces only; once more/],
		["zzzzzzzzz", /that is one character over and over; once more/],
		["password", /that is one of the hundred commonest passwords, which are tried first; once more/],
		["Iloveyou", /commonest/],
		["1234567890", /commonest/]
	];
	for (const [word, why] of bad) await lamp.ask(word, why);
	await lamp.ask(password, /The same password once more:\n/);
	await lamp.ask("correct house", /These were not the same\. Password of the home/);
	for (const line of [password, password, pin, "begun"]) lamp.type(line);
	await lamp.waitFor(/ready /);
	lamp.type("password");
	for (const [word, why] of bad) await lamp.ask(word, why);
	await lamp.ask("", /Left as it was/);
	// One that a home has is not judged.
	const door = home.node("door", lamp);
	door.start("n", "door", "lock");
	await door.ask("iloveyou", /PIN \(/);
	await door.ask(pin, /Not joined: wrong password or PIN/);
});
