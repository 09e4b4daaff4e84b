/** Names of real processes that others are after: by a bad network, a bad member, and the thief of an owner's key. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "../../build/js/modules/bytes/bytes.js";
import { actions } from "../../build/js/modules/devices/devices.js";
import { Relay } from "../faults/relay.mjs";
import { answerTo, Home, hasBlocks } from "./home.mjs";
import { Insider, Kind } from "./insider.mjs";
import { brought, forgedRows, recover, removeAt } from "./thief.mjs";

describe("a name", { concurrency: true }, () => {
	test("is not taken by what was held back until its owner was told that nobody answers", async context => {
		const relay = new Relay();
		const home = await Home.open(context, 3, relay);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const gate = await home.join("gate", "lock", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await answerTo(lamp, "task gate read", /^gate: locked\n/m);
		await door.kill();
		await lamp.ask("replace door with gate", /Go on\?/);
		relay.holds = (from, to) => from === lamp.port && to === gate.port;
		await lamp.ask("y", /gate does not answer; nothing was changed/, 30_000);
		// Of what the gate answers nothing arrives.
		relay.reaches = () => false;
		assert.ok((await relay.release()) > 0);
		await new Promise(resolve => setTimeout(resolve, 500));
		relay.reaches = () => true;
		// Nothing is kept there: its name is its own.
		await gate.ask("rename gate", /^No: this node is called that already\./m);
		await removeAt(lamp, "door");
		await gate.until("members", /^(?![\s\S]*door)[\s\S]*lamp \(/, 60_000);
		await gate.ask("members", /gate \(lock\) {2}this node/);
		assert.doesNotMatch(gate.output, /taken the place/);
	});

	test("of a dead node means nobody where a bad member calls itself so before its heir can", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const gate = await home.join("gate", "lock", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		for (const node of [spy, door]) await node.kill();
		const bad = await Insider.open(context, spy);
		await bad.follow(lamp);
		await lamp.ask("replace door with gate", /Go on\?/);
		// By the time that the gate hears of the removal it has heard that somebody else is called so.
		const { types } = bad.chain.members.get(bad.identity.id);
		const block = bad.block({ kind: Kind.describe, name: "door", types: types.slice() }, bad.endOfLog);
		await brought(bad, gate, [block]);
		await lamp.ask("y", /door is removed, and gate calls itself door/, 30_000);
		await lamp.until("members", /door~[0-9a-f]{8} \(lock/, 60_000);
		await lamp.ask("grant door unlock gate", /^No: there are several: door~/m);
	});

	test("that a new node takes brings it no more than the dead one's grants, with their limits", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const gate = await home.join("gate", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await lamp.kill();
		// As a later version of an owner's node would say it: once, and not any more.
		const owner = await Insider.open(context, lamp);
		const [id, node] = [knob, door].map(({ output }) => fromHex(/ready ([0-9a-f]{32})/.exec(output)[1]));
		const limits = { times: 1, notBefore: null, notAfter: 1, weekdays: null, minutes: null };
		const said = { kind: Kind.grant, id, action: actions.indexOf("unlock"), node, device: null };
		const grant = owner.block({ ...said, limits, counted: null }, owner.endOfLog);
		for (const one of [gate, knob]) {
			await brought(owner, one, [grant]);
			await hasBlocks(one, 5);
		}
		await door.kill();
		// Else who looks for the lamp may find what speaks for it here.
		owner.close();
		lamp.start();
		await lamp.waitFor(/ready /);
		await hasBlocks(lamp, 5, 60_000);
		await answerTo(knob, "task gate unlock", /^gate: not granted\n/m);
		await lamp.ask("replace door with gate", /for it \(1\)[\s\S]*Go on\?/);
		await lamp.ask("y", /door is removed, and gate calls itself door/, 30_000);
		await lamp.until("grants", /^knob unlock door times 1 until 1970-01-01 00:00\n/m, 60_000);
		await knob.until("members", /^(?![\s\S]*gate)[\s\S]*door \(lock\)/, 60_000);
		await answerTo(knob, "task door unlock", /^door: not granted\n/m);
		assert.doesNotMatch(gate.output, /asked: unlock/);
	});

	test("that a new node takes brings it nothing that another owner takes back before it answers", async context => {
		const relay = new Relay();
		const home = await Home.open(context, 5, relay);
		const lamp = await home.found();
		const desk = await home.join("desk", "light", lamp);
		const door = await home.join("door", "lock", lamp);
		const gate = await home.join("gate", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 5);
		await recover(desk, lamp.recoveryKey, "-", /A new era of the home has begun: [^\n]* are owners/);
		for (const node of home.nodes)
			await node.until(
				"chain",
				/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
				60_000
			);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await lamp.ask("grant gate unlock gate", /gate may unlock gate\.\n/);
		for (const node of [desk, gate]) await node.until("grants", /^knob unlock door\n/m);
		await answerTo(lamp, "task gate read", /^gate: locked\n/m);
		await door.kill();
		await lamp.ask("replace door with gate", /for it \(1\)[\s\S]*Go on\?/);
		relay.holds = (from, to) => from === gate.port && to === lamp.port;
		lamp.type("y");
		await new Promise(resolve => setTimeout(resolve, 500));
		await desk.ask("ungrant knob unlock door", /knob may not unlock door any more/);
		await lamp.until("grants", /^(?![\s\S]*knob unlock)[\s\S]*gate unlock gate\n/, 10_000);
		assert.ok((await relay.release()) > 0);
		await lamp.waitFor(/door is removed, and gate calls itself door/, 30_000);
		await knob.until("members", /^(?![\s\S]*gate)[\s\S]*door \(lock/, 60_000);
		await lamp.ask("grants", /^(?![\s\S]*knob unlock)[\s\S]*door unlock door\n/);
		await answerTo(knob, "task door unlock", /^door: not granted\n/m);
	});

	test("that a thief's table has given a node is given up at the node, and stays so", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		const base = forgedRows(thief, row => (row.name === "knob" ? { ...row, name: "alice" } : row));
		for (const node of [door, knob]) {
			await brought(thief, node, base);
			await node.until("members", /alice \(switch\)/);
		}
		await knob.ask("rename knob", /^This node is called knob from now on\./m);
		for (const node of [door, knob]) await node.until("members", /knob \(switch\)/);
	});
});
