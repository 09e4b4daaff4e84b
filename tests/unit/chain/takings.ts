import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type Block, BlockError, Chain, Kind, Rank } from "../../../modules/chain/chain.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { MemoryStorage, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** A removal of nobody, of a log that is not here. */
function forgedRemoval(story: Story, { era }: Chain, taking: number, word: string): Block {
	const { id } = testNode(`nobody ${word}`);
	const previous = new Uint8Array(16).fill(7);
	return story.forge("lamp", { era, previous, sequence: 9, body: { kind: Kind.remove, taking, ids: [id] } });
}

/** Gives a chain all that stand before two of one number, then these in both orders: the lower hash stays. */
function keepsTheLower(story: Story, start: Chain, numbers: readonly number[], last: number): void {
	const others = numbers.map(number => forgedRemoval(story, start, number, `${number}`));
	const rivals = ["a", "b"].map(word => forgedRemoval(story, start, last, word));
	rivals.sort((a, b) => compareBytes(a.hash, b.hash));
	const isKept = (chain: Chain, { hash }: Block) => chain.find(hash) >= 0 && chain.isLive(chain.find(hash));
	for (const order of [rivals, [...rivals].reverse()]) {
		const chain = story.copy(start);
		for (const block of [...others, ...order]) story.refusal(chain, block);
		equal(
			others.map(block => isKept(chain, block)),
			others.map(() => true)
		);
		equal(
			rivals.map(block => isKept(chain, block)),
			[true, false]
		);
	}
}

export default suite("chain: what owners take", {
	"of 13 that stand alone the lowest numbers stay, of one number the lower hash": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		keepsTheLower(story, chain, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 12);
	},
	"of 13 removals that the table counts and does not show the highest numbers stay, of one number the lower hash":
		() => {
			const story = new Story();
			const chain = story.chain();
			for (let number = 1; number <= 12; number += 1)
				story.issue(chain, "lamp", story.removeBody(number, `somebody ${number}`));
			story.checkpoint(chain);
			keepsTheLower(story, chain, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 1);
		},
	"a removal that the table counts and shows of one id and not of the other removes both": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const { id } = story.node("door");
		const lower = ["a", "b", "c", "d", "e"].find(name => compareBytes(story.node(name).id, id) < 0) ?? "";
		story.remove(chain, "lamp", lower);
		story.checkpoint(chain);
		const ids = [story.node(lower).id, id];
		const place = { era: chain.era, previous: new Uint8Array(16).fill(7), sequence: 9 };
		equal(
			story.refusal(chain, story.forge("lamp", { ...place, body: { kind: Kind.remove, taking: 1, ids } })),
			undefined
		);
		equal(story.members(chain), ["lamp"]);
	},
	"36 blocks are held at most before they are judged": () => {
		const story = new Story();
		const chain = story.chain();
		for (let number = 1; number <= 36; number += 1) chain.stage(forgedRemoval(story, chain, number, "").cose);
		const more = forgedRemoval(story, chain, 37, "").cose;
		equal(throws(() => chain.stage(more), BlockError).reason, "full");
		chain.takeStaged();
		ok(chain.stage(more) !== undefined);
	},
	"whom an owner confirmed that is frozen since has added nobody": () => {
		const story = new Story();
		const start = story.withMembers("door");
		story.add(start, "door", "desk");
		story.checkpoint(start);
		const chain = story.copy(start);
		story.confirm(chain, "lamp", "desk");
		const add = story.add(chain, "desk", "oven");
		equal([story.rank(chain, "desk"), story.members(chain).length], [Rank.member, 4]);
		const thief = story.copy(chain);
		story.rotate(thief, "lamp", "one", false);
		story.rotate(chain, "lamp", "two", false);
		story.meet(chain, thief);
		equal([story.rank(chain, "desk"), story.members(chain)], [Rank.provisional, ["desk", "door", "lamp"]]);
		ok(chain.find(add.hash) < 0);
	},
	"what an owner took and a base covers is for its author alone, after a start too": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const storage = new MemoryStorage();
		const chain = story.chain(storage, "desk");
		story.merge(chain, home);
		const withdraw = story.withdraw(chain, "lamp", "desk", 5, "door");
		story.checkpoint(chain, "door");
		const again = new Chain({ storage: storage.copy(), home: story.home, self: story.node("desk").id });
		equal(again.load(), []);
		for (const one of [chain, again]) {
			const number = one.find(withdraw.hash);
			ok(number >= 0 && !one.isLive(number));
			const isFor = (name: string) => one.isCoveredOf(number, story.node(name).id);
			equal([isFor("lamp"), isFor("door")], [true, false]);
		}
	},
	"a node remembers its newest 12 for two bases and more, and takes them again where another's are counted":
		() => {
			const story = new Story();
			const home = story.withOwners(["door"], ["desk"]);
			for (const action of [1, 2, 3, 4]) story.grant(home, "lamp", "desk", action, "door");
			const lamp = story.copy(home, "lamp");
			const thief = story.copy(home);
			for (const action of [1, 2, 3, 4]) story.withdraw(lamp, "lamp", "desk", action, "door");
			story.checkpoint(lamp);
			for (const action of [5, 6, 7, 8]) story.withdraw(thief, "lamp", "desk", action, "door");
			for (let number = 0; number < 2; number += 1) story.checkpoint(thief, "door");
			ok(thief.bundle !== undefined && lamp.adopt(thief.bundle) !== undefined);
			equal(
				lamp.duties.again.map(body => body.kind === Kind.withdraw && [body.taking, body.action]),
				[
					[5, 1],
					[6, 2],
					[7, 3],
					[8, 4]
				]
			);
		},
	"a number that a base counts which fell is not used again: that base may come back": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const lamp = story.copy(home, "lamp");
		const other = story.copy(home);
		for (const action of [1, 2, 3]) story.withdraw(other, "lamp", "desk", action, null);
		story.checkpoint(other, "door");
		ok(other.bundle !== undefined && lamp.adopt(other.bundle) !== undefined);
		lamp.add(story.rotate(home, "door", "door's new key").cose);
		equal([lamp.checkpoint, lamp.nextTaking(story.node("lamp").id)], [0, 4]);
	}
});
