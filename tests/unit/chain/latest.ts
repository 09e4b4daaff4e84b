import { BlockError, type Chain, Kind, signBlock } from "../../../modules/chain/chain.js";
import { BlockFile, Store } from "../../../modules/store/store.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

/** Counts what is read. */
class CountedPreference extends MemoryPreference {
	reads = 0;

	override get(domain: string, key: string): ArrayBuffer | undefined {
		this.reads += 1;
		return super.get(domain, key);
	}
}

/** A chain on a flash, with grants up to a length. */
function longChain(length: number) {
	const story = new Story();
	const preference = new CountedPreference();
	const chain = story.chain(new BlockFile(new Store({ preference, domain: "test" })));
	story.add(chain, "lamp", "door");
	story.admin(chain, "lamp", "door");
	while (chain.length < length) story.grant(chain, "lamp", "door", chain.length % 20, "door");
	return { story, chain, preference };
}

/** How often the flash is read while a chain takes in something and says what it comes to. */
function readsOf({ chain, preference }: ReturnType<typeof longChain>, act: () => unknown): number {
	ok(chain.digest.length === 32 && chain.members.size > 0);
	const before = preference.reads;
	act();
	ok(chain.digest.length === 32 && chain.members.size > 0);
	return preference.reads - before;
}

/** The reads of each kind of block: issued, or come from another node. */
function readsAt(length: number): Record<string, number> {
	const home = longChain(length);
	const { story, chain } = home;
	const issued = (act: () => unknown) => readsOf(home, act);
	const received = (act: (other: Chain) => { cose: Uint8Array }) => {
		const { cose } = act(story.copy(chain));
		return readsOf(home, () => chain.add(cose));
	};
	return {
		"an add": issued(() => story.add(chain, "lamp", "attic")),
		"a grant": issued(() => story.grant(chain, "door", "attic", unlock, "door")),
		"an add that came": received(other => story.add(other, "door", "cellar")),
		"a grant that came": received(other => story.grant(other, "lamp", "cellar", unlock, null)),
		"a new key": issued(() => story.rotate(chain, "door", "door's new key")),
		"a grant after it": issued(() => story.grant(chain, "door", "cellar", unlock, null)),
		"a rank": issued(() => story.admin(chain, "lamp", "attic")),
		"a removal": issued(() => story.remove(chain, "lamp", "cellar"))
	};
}

export default suite("chain: a block on top of all others", {
	"is read from the flash as little at a chain of 215 blocks as at one of 10": () => {
		const few = readsAt(10);
		const many = readsAt(215);
		equal(many, few);
		for (const [what, reads] of Object.entries(many)) ok(reads <= 2, `${what}: ${reads}`);
		return Object.entries(many)
			.map(([what, reads]) => `${what}: ${reads}`)
			.join(", ");
	},
	"is read as little where grants are all there is, up to the last place": () => {
		const home = longChain(250);
		const { story, chain } = home;
		equal(
			readsOf(home, () => story.grant(chain, "lamp", "door", unlock, null)),
			1,
			"the place that it is written to"
		);
	},
	"of more devices than the index knows, the grants still say which": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		for (let count = 0; count < 70; count += 1) story.grant(chain, "lamp", "door", unlock, `lock ${count}`);
		// Has all be settled anew.
		story.admin(chain, "lamp", "door");
		story.admin(chain, "lamp", "door", false);
		for (const count of [0, 63, 64, 69])
			ok(story.may(chain, "door", unlock, `lock ${count}`), `lock ${count}`);
		ok(!story.may(chain, "door", unlock, "lock 70"));
		story.members(chain);
	},
	"has no effect by one of whose keys a checkpoint says that two are claimed": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const old = story.copy(chain);
		story.rotate(chain, "door", "owner's", false);
		story.rotate(old, "door", "thief's", false);
		story.meet(chain, old);
		story.checkpoint(chain);
		const door = story.node("door");
		const key = chain.members.get(door.id)?.key;
		const owner = ["door", "owner's", "thief's"]
			.map(name => story.node(name))
			.find(({ key: own }) => key && hex(own) === hex(key));
		const fields = {
			home: story.home,
			parents: [chain.hashAt(chain.length - 1)],
			author: door.id,
			time: null
		};
		const body = addBody(story.node("accomplice"), "accomplice");
		const sequence = chain.nextSequence(door.id);
		chain.add(signBlock({ ...fields, sequence, body }, owner?.privateKey ?? new Uint8Array(32)).cose);
		equal(story.members(chain), ["door", "lamp"]);
	},
	"cannot make a member of the recovery key": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const added = story.add(chain, "door", "paper");
		ok(!story.counts(chain, added));
		equal(story.members(chain), ["door", "lamp"]);
	},
	"says of a node what was granted to it before it came": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.grant(chain, "lamp", "attic", unlock, "door");
		story.add(chain, "door", "attic");
		ok(story.may(chain, "attic", unlock, "door"));
		equal(story.members(chain), ["attic", "door", "lamp"]);
	},
	"finds room in a full home where a block has no effect and nothing rests on it": () => {
		const story = new Story();
		const other = story.withMembers("door");
		const { id, privateKey } = story.node("door");
		const body = { kind: Kind.grant, id, action: unlock, device: null, granted: true } as const;
		const fields = {
			home: story.home,
			parents: [other.hashAt(1)],
			author: id,
			time: null,
			sequence: 0,
			body
		};
		const idle = signBlock(fields, privateKey);
		while (other.length < 255) story.grant(other, "lamp", "door", other.length % 20, "door");
		for (const isIssued of [true, false]) {
			const chain = story.chain();
			chain.add(other.blockAt(1).cose);
			chain.add(idle.cose);
			story.merge(chain, other);
			equal(chain.room, 0);
			const last = isIssued
				? story.grant(chain, "lamp", "door", unlock, null)
				: chain.add(story.grant(other, "lamp", "door", unlock, null).cose);
			ok(last !== undefined && story.counts(chain, last));
			equal(chain.find(idle.hash), -1);
			equal(chain.length, 256);
			equal(story.members(chain), ["door", "lamp"]);
			equal(throws(() => story.grant(chain, "lamp", "door", unlock, null), BlockError).reason, "full");
		}
	}
});
