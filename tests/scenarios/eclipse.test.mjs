/** A bad member and the eight that it admitted, all there, all of whom say that everybody has what they have. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "../../build/js/modules/bytes/bytes.js";
import { neighboursOf, ringOf } from "../../build/js/modules/node/neighbours.js";
import { Prefixes } from "../../build/js/modules/node/prefixes.js";
import { Home, hasBlocks } from "./home.mjs";
import { Code, Insider, idOf, secureNotation } from "./insider.mjs";
import { brought, checkpoint } from "./thief.mjs";

/** Says to everybody who asks that it has the same, and hands nothing on. */
function agree(insider) {
	const { blocksQuery, comparison, delivery, taken } = secureNotation;
	const covered = Prefixes.of([]);
	insider.serve("/blocks", {
		[Code.Fetch]: (_from, payload, answer) => {
			const { digest } = blocksQuery.read(payload);
			const same = { digest, authority: digest, summary: undefined, covered, peers: [] };
			answer.reply(digest === undefined ? delivery.write([]) : comparison.write(same));
		},
		[Code.Post]: (_from, _payload, answer) => answer.reply(taken.write(1))
	});
}

describe("bad members all around an owner", () => {
	test("keep no removal from a lock", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 5);
		await checkpoint(lamp, home.nodes, 1);
		await spy.kill();
		const bad = await Insider.open(context, spy);
		await bad.follow(lamp);
		agree(bad);
		// Ids that suit it: what the lamp draws by it cannot know, so it is lucky here.
		const { identity } = await Insider.open(context, lamp);
		const isSuited = friends => {
			const ids = [lamp, door, spy].map(node => fromHex(idOf(node)));
			const ring = ringOf([...ids, ...friends.map(one => one.identity.id)]);
			return !neighboursOf(identity.privateKey, identity.id, ring).includes(idOf(door));
		};
		let friends = [];
		for (let tries = 0; friends.length === 0 || !isSuited(friends); tries += 1) {
			assert.ok(tries < 100);
			friends = Array.from({ length: 8 }, (_, number) => bad.newcomer(`friend${number}`));
		}
		// Each block follows the one before.
		for (const [number, one] of friends.entries()) {
			const { body } = one.block;
			friends[number] = { ...one, block: bad.block(body, bad.endOfLog) };
			bad.chain.add(friends[number].block.cose);
		}
		const read = secureNotation.taskRequest.write({
			action: "read",
			hint: new Uint8Array(4),
			stamp: undefined
		});
		const others = [lamp, door, knob];
		for (const node of others)
			await brought(
				bad,
				node,
				friends.map(({ block }) => block)
			);
		for (const friend of friends) {
			const one = await Insider.open(context, spy, friend.identity);
			await one.follow(lamp);
			agree(one);
			for (const node of others) await one.ask(node, Code.Post, read, { path: "/tasks" });
		}
		await knob.until("task door unlock", /door: unlocked\n/);
		// Nothing is to be on its way any more.
		await new Promise(resolve => setTimeout(resolve, 3_000));
		await lamp.ask("remove knob", /\(y\/n\)/);
		await lamp.ask("y", /knob is removed\.\n/);
		lamp.type("n");
		await door.until("members", /^(?![\s\S]*knob)[\s\S]*lamp \(/, 5_000);
	});
});
