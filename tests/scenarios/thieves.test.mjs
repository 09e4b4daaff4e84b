/** A thief of an owner's key and a bad owner: what the paper gives back, what a person is told, and what nobody undoes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { derivePublicKey } from "../../build/js/modules/crypto/crypto.js";
import { Relay } from "../faults/relay.mjs";
import { answerTo, Home, hasBlocks } from "./home.mjs";
import { Insider, idOf, toHex } from "./insider.mjs";
import { brought, checkpoint, forgedRows, newKey, recover, removeAt, rotateBy } from "./thief.mjs";

describe("with an owner's key", { concurrency: true }, () => {
	test("who gave all members other keys by a table is neither the owner whom the paper makes, nor a member unseen", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const desk = await home.join("desk", "light", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		const taken = [idOf(door), idOf(desk)];
		const base = forgedRows(thief, row =>
			taken.includes(toHex(row.id)) ? { ...row, turn: 1, key: derivePublicKey(newKey()) } : row
		);
		for (const node of [door, knob]) await brought(thief, node, base);
		await door.ask("chain", /a checkpoint says otherwise than this node's blocks/);
		const asked = await recover(
			door,
			lamp.recoveryKey,
			"lamp",
			/A new era of the home has begun: door is an owner/
		);
		assert.match(asked.join(), /Another key than when it joined: desk\. /);
		// It is the door's own key, by which it goes on and by which the others hear of it.
		await knob.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		await door.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await knob.until("task door unlock", /door: unlocked\n/);
	});

	test("who gave the names of members to others by a table does not have the paper make a spy the owner", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "lock", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		const others = { door: "spy", spy: "door" };
		const base = forgedRows(thief, row => ({ ...row, name: others[row.name] ?? row.name }));
		for (const node of [door, knob]) await brought(thief, node, base);
		await door.ask("chain", /a checkpoint says otherwise than this node's blocks/);
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door~[0-9a-f]{8} /);
		await door.ask("members", new RegExp(`${idOf(door).slice(0, 8)}  door~[^\\n]*owner\\)  this node`));
		await door.ask("status", /members +3;/);
		await knob.until("members", new RegExp(`${idOf(door).slice(0, 8)}  door~[^\\n]*owner\\)`));
		await knob.ask("members", new RegExp(`${idOf(spy).slice(0, 8)}  door~[^\\n]*\\(lock, admitted`));
	});

	test("who takes a new key beside the owner's is told of at the owner's, which the paper gives the home back to", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await checkpoint(lamp, home.nodes, 1);
		const thief = await Insider.open(context, lamp);
		await spy.kill();
		const bad = await Insider.open(context, spy);
		await lamp.ask("rotate", /This node has a new key/);
		await knob.until("chain", /lamp took a new key/);
		await brought(bad, knob, [rotateBy(thief)]);
		// Nobody listens to the lamp from here on; whom it asks tells it why.
		await lamp.waitFor(/somebody else has this node's key[^\n]*"recover lamp"\n/, 60_000);
		await door.until("chain", /lamp took two new keys at once/);
		// Elsewhere its old key would be an owner's again, which the thief has.
		await door.ask("recover door", /Recovery key/);
		await door.ask(lamp.recoveryKey, /is to be put out\?/);
		await door.ask("-", /Admitted by who is put out: knob, spy\./);
		await door.ask("y", /Put out for good: lamp \([0-9a-f]{8}\)\./);
		await door.ask("n", /Nothing was done\.\n/);
		await recover(lamp, lamp.recoveryKey, "spy", /A new era of the home has begun: lamp is an owner/);
		for (const node of [door, knob])
			await node.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		await answerTo(knob, "task lamp on", /lamp: on\n/);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await knob.until("task door unlock", /door: unlocked\n/);
		assert.ok((await thief.bring(knob, [rotateBy(thief)])) instanceof Error);
	});

	test("who takes a new key first does not have the paper give him the home at the device whose key he has", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await checkpoint(lamp, home.nodes, 1);
		const thief = await Insider.open(context, lamp);
		await brought(thief, knob, [rotateBy(thief)]);
		await door.until("chain", /lamp took a new key/);
		// Nobody listens to the lamp any more; whom it asks tells it why.
		await lamp.kill();
		lamp.start();
		await lamp.waitFor(/this node's key was given up, [^\n]*use the recovery key on another node/);
		await lamp.ask("rotate", /No: the home knows this node by another key than it has/);
		// What it could not sign changes nothing of that.
		await lamp.kill();
		lamp.start();
		await lamp.waitFor(/this node's key was given up, [^\n]*use the recovery key on another node/);
		await lamp.ask("recover lamp", /No: this node's key was given up, [^\n]*use the paper on another node/);
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door is an owner/);
		await knob.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		await knob.ask("status", /members +2;/);
	});

	test("who takes a new key beside the owner's puts out no member that is not told of it", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 2);
		await checkpoint(lamp, home.nodes, 1);
		await spy.kill();
		const knob = await home.join("knob", "switch", lamp);
		const thief = await Insider.open(context, lamp);
		const bad = await Insider.open(context, spy);
		await bad.follow(lamp);
		await lamp.ask("rotate", /This node has a new key/);
		await knob.until("chain", /lamp took a new key/);
		// Or it makes a checkpoint by itself, 1 to 11 s after it has a new key, and the knob would know.
		await lamp.kill();
		await brought(bad, knob, [rotateBy(thief)]);
		const told = /this node is out of the home: two keys claim to be lamp, which admitted it; [^\n]*\n/;
		await knob.waitFor(told);
		await knob.kill();
		knob.start();
		await knob.waitFor(told);
	});

	test("who leaves all others out of a table ends the paper's power on none of them, whenever these are started", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		const base = forgedRows(thief, row => (row.isOwner === false ? undefined : row));
		const told =
			/this node is out of the home: the last checkpoint, or a new key of who admitted it, leaves it out; [^\n]*\n/;
		for (const node of [door, knob]) {
			await brought(thief, node, base);
			await node.waitFor(told);
			await node.kill();
			node.start();
			await node.waitFor(/ready [0-9a-f]{32} /);
			await node.waitFor(told);
			await node.ask("status", /state +\S+; out of the home\n/);
		}
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door is an owner/);
		await door.ask("status", /state +\S+\n/);
	});

	test("who leaves a lock out of a table while it is off does not keep that from its console", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		await home.join("desk", "light", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 5);
		await knob.until("task door unlock", /door: unlocked\n/);
		for (const node of [door, lamp]) await node.kill();
		// The owner is bad: its node says nothing again of whom it has admitted.
		const bad = await Insider.open(context, lamp);
		const base = forgedRows(bad, row => (row.name === "door" ? undefined : row));
		const others = home.nodes.filter(node => node.isRunning);
		for (const node of others) await brought(bad, node, base);
		for (const node of others) await node.until("members", /^(?![\s\S]*door)[\s\S]*lamp \(/);
		door.start();
		await door.waitFor(/(?:knob|desk) does not take this node for a member: [^\n]*"reset"[^\n]*\n/, 90_000);
		await door.ask("status", /state +locked; (?:knob|desk) does not take this node for a member\n/);
		// It is told once.
		const before = door.output.length;
		await new Promise(resolve => setTimeout(resolve, 20_000));
		assert.doesNotMatch(door.output.slice(before), /does not take this node/);
	});

	test("who gives the key up as of before in a home without a checkpoint does not either", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		await brought(thief, door, [rotateBy(thief)]);
		await door.waitFor(/this node is out of the home: [^\n]*\n/);
		await door.kill();
		door.start();
		await door.waitFor(/ready [0-9a-f]{32} /);
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door is an owner/);
	});

	test("who leaves the next owner out of a table somewhere does not keep what the paper says from there, also where its power goes", async context => {
		const relay = new Relay();
		const home = await Home.open(context, 3, relay);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		relay.split([knob.port]);
		const base = forgedRows(thief, row => (row.name === "door" ? undefined : row));
		await brought(thief, knob, base);
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door is an owner/);
		// It goes as soon as it has shown the block that opened the era: the knob asks it for the rest in vain.
		const shown = new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error("the door shows nothing")), 10_000);
			context.after(() => clearTimeout(timer));
			relay.tap = ({ bytes, from, to }) => {
				if (from === door.port && to === knob.port && bytes.length > 200) resolve(undefined);
			};
		});
		relay.heal();
		door.type("task knob read");
		await shown;
		await door.kill();
		await new Promise(resolve => setTimeout(resolve, 16_000));
		door.start();
		await knob.until(
			"chain",
			/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
			40_000
		);
	});

	test("who gives the key up as of before undoes no removal at a lock that has heard it, over restarts", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await checkpoint(lamp, home.nodes, 1);
		const thief = await Insider.open(context, lamp);
		await knob.until("task door unlock", /door: unlocked\n/);
		await knob.kill();
		await removeAt(lamp, "knob");
		await door.until("status", /members +2;/);
		await lamp.kill();
		await brought(thief, door, [rotateBy(thief)]);
		await door.until("status", /members +3;/);
		knob.start();
		await knob.waitFor(/ready /);
		const refused = /door: (?:was removed|no answer)\n/;
		await knob.until("task door unlock", /door: was removed\n/);
		await door.kill();
		door.start();
		await door.waitFor(/ready /);
		await answerTo(knob, "task door unlock", refused);
		assert.doesNotMatch(door.output, /asked: unlock/);
		// The paper says anew who may what.
		await recover(door, lamp.recoveryKey, "lamp", /A new era of the home has begun: door is an owner/);
		await door.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await knob.until("task door unlock", /door: unlocked\n/, 60_000);
	});

	test("who takes two more new keys than the owner undoes no removal at a lock that has heard it", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 5);
		await checkpoint(lamp, home.nodes, 1);
		const thief = await Insider.open(context, lamp);
		await spy.kill();
		const bad = await Insider.open(context, spy);
		await lamp.ask("rotate", /This node has a new key/);
		await door.until("chain", /lamp took a new key/);
		const own = [...door.output.matchAll(/received block ([0-9a-f]{8}) from/g)].at(-1)[1];
		await knob.kill();
		await removeAt(lamp, "knob");
		await door.until("status", /members +3;/);
		await lamp.kill();
		// The two with the lowest hash are the proof: the owner's is none of them, and what it took with it is gone.
		const rivals = [];
		while (rivals.length < 2) {
			const rival = rotateBy(thief);
			if (toHex(rival.hash).slice(0, 8) < own) rivals.push(rival);
		}
		for (const rival of rivals) await brought(bad, door, [rival]);
		await door.until("members", /knob \(switch\)/);
		knob.start();
		await knob.waitFor(/ready /);
		await knob.until("task door unlock", /door: was removed\n/);
		assert.doesNotMatch(door.output, /asked: unlock/);
	});

	test("who undoes a removal lets nobody whom the removed one had admitted open a lock that has heard it", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await checkpoint(lamp, home.nodes, 1);
		const friend = await home.join("friend", "switch", spy);
		await lamp.until("members", /friend \(switch, provisional/);
		await lamp.ask("grant friend unlock door", /friend may unlock door\.\n/);
		await friend.until("task door unlock", /door: unlocked\n/);
		// His new key is as of now: the grant was given before.
		const thief = await Insider.open(context, lamp);
		const rotate = thief.rotate();
		// Neither hears of the removal: the friend's node would do nothing any more.
		for (const node of [spy, friend]) await node.kill();
		await removeAt(lamp, "spy");
		await door.until("status", /members +2;/);
		await lamp.kill();
		await brought(thief, door, [rotate]);
		await door.until("members", /spy \(switch/);
		friend.start();
		await friend.waitFor(/ready /);
		await door.until("members", /friend \(switch/);
		await answerTo(friend, "task door unlock", /door: admitted by who was removed\n/);
		assert.equal([...door.output.matchAll(/asked: unlock/g)].length, 1);
	});
});
