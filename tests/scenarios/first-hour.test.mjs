/** What a person meets in the first hour at a node's console: what can be left, what is refused and why, what is shown. */
import assert from "node:assert/strict";
import os from "node:os";
import test from "node:test";
import { answerTo, Home, password, pin } from "./home.mjs";

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
	await leaves(lamp, "y", "lump", "light", password, password, pin, pin, "");
	for (const line of ["y", "lump", "light", password, password, pin, pin, "begun"]) lamp.type(line);
	await lamp.waitFor(/Type group/);
	await leaves(lamp, "");
	assert.doesNotMatch(lamp.output, /ready /);
	lamp.readsPaper = true;
	for (const line of ["y", "lamp", "light", password, password, pin, pin, "begun"]) lamp.type(line);
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
	for (const line of [password, password, pin, pin, "begun"]) lamp.type(line);
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

test("grants are shown, and one that comes to nothing makes no block", async context => {
	const home = await Home.open(context, 3);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	const knob = await home.join("knob", "switch", lamp);
	await knob.until("members", /door \(lock\)/);
	await lamp.ask("grants", /^Nobody was granted anything; an owner needs no grant\.\n/m);
	const digest = async () => (await lamp.ask("status", /digest ([0-9a-f]{16})/))[1];
	let before = await digest();
	for (const [command, why] of [
		[
			"grant knob unlock lamp",
			"a light cannot be unlocked: it can be switched on, switched off, toggled or read"
		],
		["grant knob unlock knob", "a switch cannot be unlocked: it can be read"],
		["grant lamp unlock door", "lamp is an owner, who needs no grant"],
		["ungrant knob unlock door", "knob has no such grant"],
		["ungrant knob unlock all", "knob has no such grant"],
		["ungrant lamp unlock all", "lamp is an owner, who needs no grant: there is none to take back"]
	]) {
		await lamp.ask(command, new RegExp(`^No: ${why}\\.\n`, "m"));
	}
	assert.equal(await digest(), before);

	// Whatever the letters' case.
	await lamp.ask("grant KNOB Unlock Door", /^knob may unlock door\.\n/m);
	before = await digest();
	await lamp.ask("grant knob unlock door", /^No: knob may do that already\.\n/m);
	assert.equal(await digest(), before);
	for (const node of [lamp, door, knob]) {
		await node.until("grants", /^knob unlock door\n/m);
		await node.ask("members", /knob \(switch\).*; may unlock door\n/);
	}
	await lamp.ask("grant knob unlock ALL", /^knob may unlock every lock\.\n/m);
	await lamp.ask("grants", /^knob unlock door\nknob unlock all\n/m);
	before = await digest();
	await lamp.ask("grant knob unlock door", /^No: knob may do that already\.\n/m);
	assert.equal(await digest(), before);
	const wider = /^knob may not unlock door any more, nor any other lock: that was one grant\.\n/m;
	await lamp.ask("ungrant knob unlock door", wider);
	await lamp.ask("grants", /^Nobody was granted anything/m);
});

test("names are taken whatever the letters' case, and of a wrong one the nearest is offered", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found("Lamp");
	const wall = await home.join("wall", "switch", lamp);
	for (const who of ["lamp", "LAMP", "Lamp"]) {
		await answerTo(wall, `task ${who} On`, /^Lamp: on\n/m);
		await wall.ask(`watch ${who}`, /^Lamp: on\n/m);
	}
	await answerTo(lamp, "task LIGHT off", /^Lamp: off\n/m);
	await answerTo(wall, "TASK All read", /^Lamp: off\n/m);
	for (const command of [
		"task lmap on",
		"watch lmap",
		"remove lmap",
		"grant lmap unlock all",
		"confirm lmap"
	]) {
		await lamp.ask(command, /^No: there is no "lmap" in this home; do you mean Lamp\?\n/m);
	}
	await lamp.ask("task attic on", /^No: there is no "attic" in this home\.\n/m);
	for (const node of [lamp, wall]) {
		await node.ask("task wall on", /^No: a switch cannot be switched on: it can be read\.\n/m);
		await node.ask("task lamp unlock", /^No: a light cannot be unlocked: it can be/m);
		await node.ask("task switch toggle", /^No: no switch here can be toggled\.\n/m);
	}
});

test("the console tells what there is, and what a command takes", async context => {
	const home = await Home.open(context, 2);
	const lamp = home.node("lamp");
	lamp.start("y", "lamp", "light", password, password, pin, pin, "begun");
	const told = /ready [^\n]*\nInviting for 600 seconds: [^\n]*\. "help" lists the commands\.\n/;
	await lamp.waitFor(told);
	await lamp.ask("help task", /^task WHO ACTION: have a device do .*\.\nFor example: task lamp on\n/m);
	await lamp.ask("help taks", /^There is no command "taks"\. Did you mean "task"\?/m);
	await lamp.ask("help", /^line N 0\|1 +set a virtual input line/m);
	const [, line] = await lamp.ask("help line", /^For example: line (\d+) 1\n/m);
	await lamp.ask("status", new RegExp(`on line ${line}\n`));
	assert.doesNotMatch(lamp.output, /^wifi/m);
	await lamp.ask("line 3", /^Say which line/m);
	await lamp.ask("watch al", /^No: there is no "al" in this home; do you mean all\?\n/m);
	for (const command of ["status now", "rotate lamp", "checkpoint 3", "quit it", "reset all"]) {
		const [word] = command.split(" ");
		await lamp.ask(command, new RegExp(`^"${word}" takes nothing after it: type "${word}" alone\\.\n`, "m"));
	}
	assert.ok(lamp.isRunning);
	const wall = home.node("wall", lamp);
	wall.settings.splice(0);
	wall.start("n", "wall", "switch", password, pin);
	await wall.waitFor(/ready [^\n]*\n"help" lists the commands\.\n/);
	await lamp.until("members", /wall \(switch\).*, heard \d+ s ago/);
	await lamp.answers("status", [
		/^node +lamp \(light\), id [0-9a-f]{32}, port \d+, version \d+\.\d+\.\d+\n/m,
		/^device +light, on line 2\n/m,
		/^heard +wall \d+ s ago\n/m,
		// The machine's own addresses, where it has any but the loopback's.
		Object.values(os.networkInterfaces())
			.flat()
			.some(({ family, internal }) => family === "IPv4" && !internal)
			? /^link +online, \d+\.\d+\.\d+\.\d+[,;]/m
			: /^link +online; up/m
	]);
	await wall.answers("status", [/^device +switch, no line is set for it\n/m, /^heard +lamp \d+ s ago\n/m]);
	// After a start nobody was heard yet: of who is gone nothing is claimed.
	await wall.kill();
	await lamp.stop();
	lamp.start();
	await lamp.waitFor(/ready /);
	await lamp.ask("members", /wall \(switch\).*, not heard since the start\n/);
	await lamp.ask("status", /^heard +nobody since the start\n/m);
});

test("a node is renamed on its own console, and everybody knows it by its new name", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const porch = await home.join("porch", "light", lamp);
	for (const [name, why] of [
		["Lamp", /^No: the name "Lamp" looks like "lamp", which is taken\.\n/m],
		["all", /^No: "all" means something else in commands\.\n/m],
		["a\u202eb", /^No: a name has no "\\u202e"/m]
	]) {
		await porch.ask(`rename ${name}`, why);
	}
	await porch.ask("rename garden light", /^This node is called garden light from now on\.\n.*"porch"/m);
	await lamp.until("members", /garden light \(light\)/);
	await answerTo(lamp, "task Garden Light on", /^garden light: on\n/m);
	await lamp.ask("task porch on", /^No: there is no "porch" in this home/m);
	await porch.kill();
	porch.start();
	await porch.waitFor(/ready [0-9a-f]{32} garden light light/);
});

test("a new node takes a dead one's place, also when the power goes in between and it is said again", async context => {
	const home = await Home.open(context, 5);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	const knob = home.node("knob", lamp);
	// A button that is set for the door by its name.
	knob.settings.push("button=3", "buttonTask=door unlock");
	await home.admit(knob, "switch", lamp);
	await lamp.ask("grant knob unlock door", /^knob may unlock door\./m);
	await door.kill();
	const gate = await home.join("gate", "lock", lamp);
	await gate.until("grants", /^knob unlock door\n/m);
	const question =
		/^gate \([0-9a-f]{32}, lock, .*takes the place of door .*what was granted to it or for it \(1\).*Go on\?/m;
	// Nothing is done without the new one.
	await lamp.ask("replace door with gate", question);
	process.kill(gate.pid, "SIGSTOP");
	lamp.type("y");
	await lamp.waitFor(/^No: gate does not answer; nothing was changed; [^\n]*\.\n/m, 30_000);
	await lamp.ask("grants", /^knob unlock door\n/m);
	process.kill(gate.pid, "SIGCONT");
	// The power goes while it is done; said again it goes on, wherever that was.
	await lamp.ask("replace door with gate", question);
	lamp.type("y");
	await new Promise(resolve => setTimeout(resolve, 10));
	await lamp.kill();
	lamp.start();
	await lamp.waitFor(/ready /);
	const either =
		/(Go on\? \(y\/n\))|Where it is removed already, gate calls itself so|there is no "gate" in this home/;
	const [, isAsked] = await lamp.ask("replace door with gate", either);
	if (isAsked !== undefined) await lamp.ask("y", /^door is removed, and gate calls itself door/m, 30_000);
	await gate.waitFor(/\* this node has taken the place of door/, 60_000);
	for (const node of [lamp, gate, knob]) {
		await node.until("members", /door \(lock\)/, 60_000);
		await node.ask("grants", /^knob unlock door\n/m);
	}
	// The button does what it did.
	for (const line of ["line 3 1", "line 3 0"]) knob.type(line);
	await new Promise(resolve => setTimeout(resolve, 100));
	knob.type("line 3 1");
	await knob.waitFor(/button: door: unlocked\n/, 30_000);
	// The dead one is out, should it ever come back.
	door.start();
	await door.waitFor(/this node was removed from the home/, 60_000);
});

test("what is half said or in quotes is told what it lacks, with quotes once", async context => {
	const home = await Home.open(context, 1);
	const lamp = await home.found();
	for (const [command, why] of [
		["task lamp", /^Say whom and what: task WHO ACTION\. ACTION for lamp is on, off, toggle, read\.\n/m],
		["task", /^Say whom and what: task WHO ACTION\.\n/m],
		['task "porch" on', /^No: there is no "porch" in this home/m],
		['"members"', /^There is no command "members"\./m],
		['rename "porch"', /a name has no quotation mark, only letters/]
	])
		await lamp.ask(command, why);
});
