import { compareBytes } from "../../../modules/bytes/bytes.js";
import { type Block, BlockError, Chain, Kind, signBlock } from "../../../modules/chain/chain.js";
import { plainRow, Roster } from "../../../modules/chain/roster.js";
import { hashOfTable, partsOfTable } from "../../../modules/chain/table.js";
import { encodeTable } from "../../../modules/chain/table-format.js";
import { decodeTable } from "../../../modules/chain/table-reader.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, MemoryStorage, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { forgedBase } from "../../harness/forged-base.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;
/** What no key begins with. */
const offCurve = new Uint8Array(33).fill(5);

/** A rotate at the start of a log that no honest node issues. */
function forgedRotate(story: Story, chain: Chain, name: string, key: string) {
	const body = story.rotateBody(chain, name, key);
	const previous = (chain.base ?? story.genesis).hash.slice(0, 16);
	const { turn } = chain.endOf(story.node(name).id);
	return story.forge(name, { era: chain.era, previous, turn, sequence: 0, body });
}

function keyOf(chain: Chain, story: Story, name: string): [string, number] | undefined {
	const member = chain.members.get(story.node(name).id);
	return member && [hex(member.key), member.turn];
}

export default suite("chain: new keys", {
	"an owner has five in an era, and no sixth, whoever signs it": () => {
		const story = new Story();
		const chain = story.chain();
		for (let number = 1; number <= 5; number += 1) story.rotate(chain, "lamp", `key ${number}`);
		const [key] = keyOf(chain, story, "lamp") ?? [];
		equal(story.refusal(chain, forgedRotate(story, chain, "lamp", "key 6")), "places");
		equal(keyOf(chain, story, "lamp"), [key, 5]);
	},
	"a member has one in a base, and another one in the next": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		story.rotate(chain, "door", "key 1");
		equal(story.refusal(chain, forgedRotate(story, chain, "door", "key 2")), "places");
		equal(keyOf(chain, story, "door")?.[1], 1);
		story.checkpoint(chain);
		story.rotate(chain, "door", "key 2");
		equal(keyOf(chain, story, "door")?.[1], 2);
	},
	"a member's takes one of its places, an owner's none": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.rotate(chain, "door", "key 1");
		const said = { name: "gate", types: Uint8Array.of(1) };
		const first = story.describe(chain, "door", said);
		const place = { era: chain.era, previous: first.hash.slice(0, 16), turn: 1, sequence: 1 };
		const second = story.forge("door", { ...place, body: { kind: Kind.describe, ...said } });
		equal(story.refusal(chain, second), "places");
		story.checkpoint(chain);
		story.rotate(chain, "lamp", "key 2");
		for (let number = 1; number <= 12; number += 1) story.remove(chain, "lamp", `nobody ${number}`);
		equal(chain.roomOf(story.node("lamp").id), 0);
	},
	"a new key proves itself, and every key is on the curve": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		const rotate = story.rotateBody(chain, "door", "key 1");
		ok(rotate.kind === Kind.rotate);
		const previous = chain.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		const place = { era: chain.era, previous, turn: 1, sequence: 0 };
		const unproven = story.forge("door", {
			...place,
			body: { ...rotate, proof: new Uint8Array(64).fill(1) }
		});
		equal(story.refusal(chain, unproven), "proof");
		const noPoint = story.forge("door", { ...place, body: { ...rotate, key: offCurve } });
		equal(story.refusal(chain, noPoint), "malformed");
		const sponsor = story.node("door").id;
		const joiner = { ...testNode("joiner"), key: offCurve };
		const add = addBody(chain.era, joiner, "joiner", { number: 1, sponsor });
		equal(story.refusal(chain, story.forge("door", { ...place, turn: 0, body: add })), "malformed");
		equal(story.members(chain), ["door", "lamp"]);
	},
	"a base under a new key is taken by who comes to the home only where that key proves itself": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const bundle = forgedBase(story, chain, { signer: "lamp", key: "key 1" });
		const body = story.rotateBody(chain, "lamp", "key 1");
		ok(body.kind === Kind.rotate);
		const rotateWith = (proof: Uint8Array) =>
			story.forge("lamp", { era: chain.era, turn: 1, sequence: 0, body: { ...body, proof } });
		const adopt = (rotate: Block) => {
			const late = new Chain({ storage: new MemoryStorage(), home: story.home });
			return late.adopt({ ...bundle, anchors: [...bundle.anchors, rotate.cose] });
		};
		equal(throws(() => adopt(rotateWith(new Uint8Array(64).fill(1))), BlockError).reason, "key");
		ok(adopt(rotateWith(body.proof)) !== undefined);
	},
	"an old key may be taken again: what it signed then is of its turn": () => {
		const story = new Story();
		const chain = story.chain();
		const first = hex(story.node("lamp").key);
		story.rotate(chain, "lamp", "key 1");
		story.rotate(chain, "lamp", "lamp");
		equal(keyOf(chain, story, "lamp"), [first, 2]);
		story.add(chain, "lamp", "door");
		equal(story.members(chain), ["door", "lamp"]);
	},
	"one that another key signed than the table's counts no more under that table": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.rotate(chain, "door", "key 1");
		story.checkpoint(chain);
		const seen = story.copy(chain);
		story.checkpoint(seen);
		story.rotate(chain, "door", "key 2");
		equal(keyOf(chain, story, "door")?.[1], 2);
		// A bad owner's table has another key of that turn.
		const { bundle } = seen;
		ok(bundle !== undefined && seen.base !== undefined);
		const table = decodeTable(bundle.table);
		const forgedKey = testNode("forged").key;
		const members = new Roster();
		for (const row of table.members)
			members.put(row.turn === 1 ? { ...plainRow(row), key: forgedKey } : plainRow(row));
		const forged = encodeTable({ ...table, members });
		const hash = hashOfTable(partsOfTable(forged, decodeTable(forged)));
		const { opening, era } = seen.base;
		const body = { kind: Kind.checkpoint, era, opening, number: 2, hash };
		const { id: author, privateKey } = story.node("lamp");
		const previous = chain.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		const place = { era: chain.era, previous, author, turn: 0, sequence: 0, time: null };
		const { cose } = signBlock({ ...place, body }, privateKey);
		ok(chain.adopt({ ...bundle, checkpoint: cose, table: forged }) !== undefined);
		equal(keyOf(chain, story, "door"), [hex(forgedKey), 1]);
	},
	"an old key's blocks count on bases that come before the rotate's, not on those that come after": () => {
		for (const isOnLower of [true, false]) {
			const story = new Story();
			const start = story.withOwners(["door"]);
			const chains = [1, 2].map(version => {
				const chain = story.copy(start);
				story.checkpoint(chain, "door", version);
				return chain;
			});
			const hashOf = ({ base }: Chain) => base?.hash ?? new Uint8Array(0);
			chains.sort((a, b) => compareBytes(hashOf(a), hashOf(b)));
			const [lower, higher] = chains;
			ok(lower !== undefined && higher !== undefined);
			const [there, here] = isOnLower ? [lower, higher] : [higher, lower];
			story.add(here, "lamp", "desk");
			here.add(story.rotate(there, "lamp", "one").cose);
			equal(story.members(here), isOnLower ? ["desk", "door", "lamp"] : ["door", "lamp"]);
		}
	},
	"while a rotate's previous is not here, the old key's blocks below it only take; those beside it count for nothing":
		() => {
			const story = new Story();
			const start = story.withMembers("desk", "oven");
			story.checkpoint(start);
			const ahead = story.copy(start);
			story.add(ahead, "lamp", "attic");
			const rotate = story.rotate(ahead, "lamp", "one", false);
			const chain = story.copy(start);
			chain.add(rotate.cose);
			const previous = start.base?.hash.slice(0, 16) ?? new Uint8Array(16);
			const place = { era: start.era, previous, sequence: 0 };
			const first = story.forge("lamp", { ...place, body: story.removeBody(1, "oven") });
			equal(story.refusal(chain, first), undefined);
			const next = { ...place, previous: first.hash.slice(0, 16), sequence: 1 };
			const second = story.forge("lamp", { ...next, body: story.removeBody(2, "desk") });
			equal(story.refusal(chain, second), "places");
			equal(
				story.refusal(chain, story.forge("lamp", { ...place, body: story.addBody(chain, "lamp", "gate") })),
				undefined
			);
			equal(story.members(chain), ["desk", "lamp"]);
		},
	"what lies under a rotate's previous counts from when that is here": () => {
		const story = new Story();
		const start = story.withMembers("desk");
		story.checkpoint(start);
		const ahead = story.copy(start);
		const add = story.add(ahead, "lamp", "attic");
		const describe = story.describe(ahead, "lamp", { name: "bulb", types: Uint8Array.of(0) });
		const rotate = story.rotate(ahead, "lamp", "one", false);
		const chain = story.copy(start);
		for (const block of [add, rotate]) chain.add(block.cose);
		equal(story.members(chain), ["desk", "lamp"]);
		chain.add(describe.cose);
		equal(story.members(chain), ["attic", "bulb", "desk"]);
	},
	"of three rivals the two with the lowest hashes stay, and nothing that the third signed": () => {
		const story = new Story();
		const start = story.withMembers("desk");
		story.checkpoint(start);
		const rivals = ["one", "two", "three"].map(key => ({
			key,
			block: forgedRotate(story, start, "lamp", key)
		}));
		rivals.sort((a, b) => compareBytes(a.block.hash, b.block.hash));
		const [low, middle, high] = rivals;
		ok(low !== undefined && middle !== undefined && high !== undefined);
		const storage = new MemoryStorage();
		const chain = story.chain(storage);
		story.merge(chain, start);
		for (const { block } of [high, middle]) chain.add(block.cose);
		story.signsWith("lamp", high.key);
		const removal = { ...story.removeBody(1, "desk") };
		const previous = start.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		const block = story.forge("lamp", { era: start.era, previous, turn: 1, sequence: 0, body: removal });
		equal(story.refusal(chain, block), undefined);
		equal(story.members(chain), ["lamp"]);
		const again = new Chain({ storage: storage.copy(), home: story.home });
		equal(again.load(), []);
		for (const one of [chain, again]) {
			one.add(low.block.cose);
			equal(story.members(one), ["desk", "lamp"]);
		}
		equal([...chain.anchors].filter(({ body }) => body.kind === Kind.rotate).length, 2);
		// Nor does what it signed elsewhere stand alone.
		const other = story.forge("lamp", {
			era: start.era,
			previous: new Uint8Array(16),
			turn: 1,
			sequence: 3,
			body: removal
		});
		equal(story.refusal(chain, other), "key");
	},
	"what a frozen owner gave counts no more: grants, its name, adds": () => {
		const story = new Story();
		const start = story.withMembers("desk", "door");
		story.checkpoint(start);
		const chain = story.copy(start);
		story.grant(chain, "lamp", "desk", unlock, "door");
		story.describe(chain, "lamp", { name: "bulb", types: Uint8Array.of(0) });
		story.add(chain, "lamp", "oven");
		equal(story.members(chain), ["bulb", "desk", "door", "oven"]);
		// Both come after these blocks.
		const body = story.rotateBody(chain, "lamp", "one");
		const thief = story.copy(chain);
		story.issue(thief, "lamp", body);
		story.rotate(chain, "lamp", "two", false);
		story.meet(chain, thief);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		equal(story.may(chain, "desk", unlock, "door"), false);
	},
	"a block is told by 16 bytes of its hash": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const hash = chain.hashAt(0).slice(0, 16);
		equal(chain.find(hash), 0);
		hash[15] ^= 1;
		equal(chain.find(hash), -1);
	}
});
