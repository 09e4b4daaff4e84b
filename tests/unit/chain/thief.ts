import { compareBytes, Records } from "../../../modules/bytes/bytes.js";
import { type Block, BlockError, Chain, Kind, signBlock } from "../../../modules/chain/chain.js";
import { plainRow } from "../../../modules/chain/roster.js";
import { hashOfTable, partsOfTable } from "../../../modules/chain/table.js";
import { encodeTable } from "../../../modules/chain/table-format.js";
import { decodeTable } from "../../../modules/chain/table-reader.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { MemoryStorage, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** A home, and its owner's node with what that keeps. */
function setUp() {
	const story = new Story();
	const chain = story.withMembers("door", "knob");
	const storage = new MemoryStorage();
	const lamp = story.chain(storage, "lamp");
	story.merge(lamp, chain);
	const { id: author, privateKey } = story.node("lamp");
	/** What a thief signs with the key that the lamp has now. */
	const remove = (taking: number, ...ids: readonly Uint8Array[]): Block => {
		const body = { kind: Kind.remove, taking, ids };
		const previous = story.genesis.hash.slice(0, 16);
		const place = { era: chain.era, previous, author, turn: 0, sequence: 0, time: null };
		return signBlock({ ...place, body }, privateKey);
	};
	const isMember = (on: Chain, name: string) => on.members.get(story.node(name).id) !== undefined;
	return { story, chain, lamp, storage, remove, isMember };
}

export default suite("a thief of an owner's key", {
	"has the owner's node take nothing for its own that was signed with a key which it gave up": () => {
		const { story, lamp, remove, isMember } = setUp();
		story.remove(lamp, "lamp", "knob");
		story.rotate(lamp, "lamp", "another key");
		story.checkpoint(lamp);
		equal(story.refusal(lamp, remove(1, story.node("door").id)), "places");
		equal(lamp.duties.again, []);
		equal(isMember(lamp, "door"), true);
	},
	"takes nothing back with an old withdrawal that the owner's node has forgotten": () => {
		const { story, lamp, storage } = setUp();
		story.grant(lamp, "lamp", "knob", 5, "door");
		const old = story.withdraw(lamp, "lamp", "knob", 5, "door");
		for (let number = 0; number < 13; number += 1) {
			if (number % 6 === 5) story.checkpoint(lamp);
			story.withdraw(lamp, "lamp", "knob", 6, "door");
		}
		story.checkpoint(lamp);
		story.grant(lamp, "lamp", "knob", 5, "door");
		story.checkpoint(lamp);
		equal(story.refusal(lamp, old), "places");
		equal(lamp.duties.again, []);
		const again = new Chain({ storage, home: story.home, self: story.node("lamp").id });
		again.load();
		equal(story.refusal(again, old), "places", "after a restart");
		equal(
			[lamp, again].map(chain => [chain.duties.again.length, story.may(chain, "knob", 5, "door")]),
			[
				[0, true],
				[0, true]
			]
		);
	},
	"fills no flash with takings, before the owner has a new key and after": () => {
		const { story, lamp, storage, remove } = setUp();
		for (let number = 0; number < 100; number += 1) {
			const { id } = testNode(`nobody ${number}`);
			for (const taking of [1, 100 + number]) story.refusal(lamp, remove(taking, id));
		}
		const count = storage.blocks.size;
		ok(count < 100, `${count} blocks`);
		story.rotate(lamp, "lamp", "another key");
		for (let number = 0; number < 50; number += 1) {
			story.refusal(lamp, remove(12, testNode(`somebody ${number}`).id));
		}
		ok(storage.blocks.size <= count + 1, `${storage.blocks.size} blocks`);
	},
	"shows nobody that it was removed, once the new key is known": () => {
		const { story, chain, remove } = setUp();
		const { id } = story.node("door");
		const before = story.copy(chain, "door");
		const block = remove(1, id);
		equal(before.isProofOfRemoval([block.cose], id), true, "an owner's, as far as is known");
		const thief = story.copy(chain);
		thief.add(block.cose);
		story.checkpoint(thief);
		const proof = thief.proofOfRemoval(id);
		equal([proof.length > 1, before.isProofOfRemoval(proof, id)], [true, true]);
		story.rotate(before, "lamp", "another key");
		equal(before.isProofOfRemoval([block.cose], id), false);
		equal(before.isProofOfRemoval(proof, id), false);
		// With the new key it is shown.
		const lamp = story.copy(before);
		story.remove(lamp, "lamp", "door");
		equal(before.isProofOfRemoval(lamp.proofOfRemoval(id), id), true);
		story.checkpoint(lamp);
		equal(before.isProofOfRemoval(lamp.proofOfRemoval(id), id), true);
	},
	"shows no owner that it was removed": () => {
		const { story, chain } = setUp();
		story.recover(chain, ["lamp", "door"], ["knob"]);
		const previous = chain.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		const ids = ["lamp", "knob"].map(name => story.node(name).id).sort(compareBytes);
		const body = { kind: Kind.remove, taking: 1, ids } as const;
		const block = story.forge("door", { era: chain.era, previous, sequence: 0, body });
		equal(
			["lamp", "knob"].map(name => chain.isProofOfRemoval([block.cose], story.node(name).id)),
			[false, true]
		);
	},
	"what an owner took before it had a new key is still shown": () => {
		const { story, chain } = setUp();
		const { id } = story.node("door");
		const door = story.copy(chain, "door");
		const lamp = story.copy(chain);
		story.remove(lamp, "lamp", "door");
		const rotate = story.rotate(lamp, "lamp", "another key");
		story.refusal(door, rotate);
		equal(door.isProofOfRemoval(lamp.proofOfRemoval(id), id), true);
	},
	"is taken for a liar by who is shown invented new keys with a base, and soon leaves the rest alone": () => {
		const { story, chain } = setUp();
		story.checkpoint(chain);
		const door = story.copy(chain, "door");
		const { id: author } = story.node("lamp");
		const { privateKey, key } = testNode("nobody's");
		const proof = new Uint8Array(64).fill(1);
		const invented = Array.from({ length: 17 }, (_, number) => {
			const previous = new Uint8Array(16).fill(number);
			const body = { kind: Kind.rotate, key, proof, base: previous, number: 0, lastTaking: 0 };
			const place = { era: chain.era, previous, author, turn: 1, sequence: 0, time: null };
			return signBlock({ ...place, body }, privateKey);
		});
		const { bundle } = chain;
		ok(bundle !== undefined);
		const anchors = [...bundle.anchors, ...invented.map(({ cose }) => cose)];
		throws(() => door.adopt({ ...bundle, anchors }), BlockError, "signature");
		// Of an era that is over nothing is looked at.
		story.recover(door, ["lamp"], ["door"]);
		equal(door.adopt({ ...bundle, anchors }), undefined);
	},
	"is told of whatever base it names, and stays told of under the next, until there is a new era or its base falls":
		() => {
			const { story, chain } = setUp();
			story.recover(chain, ["lamp"], ["door", "knob"]);
			story.rotate(chain, "knob", "knob's new key");
			story.checkpoint(chain);
			const knob = chain.members.get(story.node("knob").id);
			ok(knob !== undefined);
			/** The next base over what a chain has, with another key for the knob; and one over that, in which nothing is strange. */
			const forged = (nameless: boolean, forgets = false) => {
				const thief = story.copy(chain);
				story.checkpoint(thief);
				const { bundle, base } = thief;
				ok(bundle !== undefined && base !== undefined);
				const table = decodeTable(bundle.table);
				if (!forgets)
					table.members.put({ ...plainRow(knob), sponsor: null, key: testNode("the thief's").key });
				const bytes = encodeTable(forgets ? { ...table, removed: new Records(16) } : table);
				const hash = hashOfTable(partsOfTable(bytes, decodeTable(bytes)));
				const body = { kind: Kind.checkpoint, era: 1, opening: base.opening, number: base.number, hash };
				const previous = nameless ? testNode("nothing").id : chain.base?.hash.slice(0, 16);
				ok(previous !== undefined);
				const { id: author, privateKey } = story.node("lamp");
				const place = { era: chain.era, previous, author, turn: 0, sequence: 0, time: null };
				const strange = {
					...bundle,
					checkpoint: signBlock({ ...place, body }, privateKey).cose,
					table: bytes
				};
				const second = story.copy(chain);
				second.adopt(strange);
				story.checkpoint(second);
				ok(second.bundle !== undefined);
				return { strange, next: second.bundle };
			};
			for (const nameless of [false, true]) {
				const { strange, next } = forged(nameless);
				const door = story.copy(chain, "door");
				equal(
					[door.alarm, door.adopt(strange) !== undefined, door.alarm],
					[false, true, true],
					`${nameless}`
				);
				equal([door.adopt(next) !== undefined, door.checkpoint, door.alarm], [true, 3, true]);
				// The owner's new key ends what was made under the old one.
				const fallen = story.copy(chain, "door");
				fallen.adopt(strange);
				const honest = story.copy(chain, "lamp");
				fallen.add(story.rotate(honest, "lamp", `lamp's key, ${nameless}`).cose);
				story.signsWith("lamp", "lamp");
				equal([fallen.checkpoint, fallen.alarm], [1, false]);
				story.recover(door, ["door"], ["knob"]);
				equal(door.alarm, false);
			}
			// Who was removed is left out of the list.
			story.remove(chain, "lamp", "door");
			story.checkpoint(chain);
			const { strange } = forged(false, true);
			const left = story.copy(chain, "knob");
			equal([left.adopt(strange) !== undefined, left.alarm], [true, true]);
		},
	"is told of where a table pushes out somebody who was removed by ids that nobody knows": () => {
		const { story, chain } = setUp();
		story.recover(chain, ["lamp"], ["door", "knob"]);
		const door = story.copy(chain, "door");
		door.add(story.remove(chain, "lamp", "knob").cose);
		const honest = story.copy(chain);
		story.checkpoint(honest);
		const { bundle } = honest;
		ok(bundle !== undefined);
		const table = decodeTable(bundle.table);
		const removed = new Records(16);
		for (let number = 0; number < 128; number += 1) removed.add(testNode(`nobody ${number}`).id);
		const forged = encodeTable({ ...table, removed });
		const { id: author, privateKey } = story.node("lamp");
		const { base } = chain;
		ok(base !== undefined);
		const hash = hashOfTable(partsOfTable(forged, decodeTable(forged)));
		const body = { kind: Kind.checkpoint, era: 1, opening: base.opening, number: 1, hash };
		const place = {
			era: chain.era,
			previous: base.hash.slice(0, 16),
			author,
			turn: 0,
			sequence: 0,
			time: null
		};
		const { cose: checkpoint } = signBlock({ ...place, body }, privateKey);
		const other = story.copy(door);
		other.adopt(bundle);
		equal(other.alarm, false);
		door.adopt({ ...bundle, checkpoint, table: forged });
		equal([door.checkpoint, door.alarm], [1, true]);
		equal(door.members.isRemoved(story.node("knob").id), true, "and it stays removed");
		const again = { ...place, previous: door.base?.hash.slice(0, 16) ?? new Uint8Array(16) };
		const add = story.addBody(door, "lamp", "knob");
		door.add(signBlock({ ...again, body: add }, privateKey).cose);
		equal(story.members(door), ["door", "lamp"]);
	},
	"cannot make a password the last one": () => {
		const { story, chain } = setUp();
		story.checkpoint(chain, "lamp", 0xffff_ffff);
		story.recover(chain, ["lamp"], ["door"]);
		story.checkpoint(chain, "lamp", chain.members.nextPasswordVersion);
		equal(chain.members.passwordVersion, 1);
	}
});
