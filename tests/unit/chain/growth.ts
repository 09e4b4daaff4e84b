import { type Block, BlockError, type BlockFault, Chain, signBlock } from "../../../modules/chain/chain.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, MemoryStorage, type TestNode, testGenesis, testNode } from "../../harness/blocks.js";
import { suite } from "../../harness/suite.js";

const founder = testNode("founder");
const lock = testNode("lock");
const knob = testNode("switch");
const fourth = testNode("fourth");
const genesis = testGenesis(founder);
const home = genesis.hash.slice(0, 8);

function founded() {
	const storage = new MemoryStorage();
	const chain = new Chain({ storage, home });
	chain.add(genesis.cose);
	return { chain, storage };
}

function admit(chain: Chain, sponsor: TestNode, node: TestNode, name: string): Block {
	const { id: author, privateKey } = sponsor;
	return chain.issue({ author, privateKey, time: null, body: addBody(node, name) });
}

function names(chain: Chain): string[] {
	return chain.members.all.map(member => member.name);
}

function refused(chain: Chain, cose: Uint8Array, reason: BlockFault): void {
	const before = hex(chain.digest);
	equal(throws(() => chain.add(cose), BlockError).reason, reason);
	equal(hex(chain.digest), before, "digest after a refusal");
}

export default suite("chain", {
	"begins with the founder's genesis block and takes its home id from it": () => {
		const chain = new Chain({ storage: new MemoryStorage() });
		equal(chain.home, undefined);
		chain.add(genesis.cose);
		equal(chain.home, home);
		equal(chain.genesis?.rounds, 1000);
		equal(names(chain), ["lamp"]);
		ok(chain.members.get(founder.id)?.isFounder);
	},
	"takes only a genesis block with the suite and rounds that it was joined with": () => {
		for (const founded of [
			{ suite: 1, rounds: 1000 },
			{ suite: 0, rounds: 4096 }
		]) {
			const chain = new Chain({ storage: new MemoryStorage(), home, founded });
			equal(throws(() => chain.add(genesis.cose), BlockError, "another suite or rounds").reason, "home");
		}
		const chain = new Chain({ storage: new MemoryStorage(), home, founded: { suite: 0, rounds: 1000 } });
		ok(chain.add(genesis.cose) !== undefined);
	},
	"in the common case every block has one parent, the one before it": () => {
		const { chain } = founded();
		admit(chain, founder, lock, "lock");
		admit(chain, lock, knob, "switch");
		admit(chain, founder, fourth, "fourth");
		for (let number = 1; number < chain.length; number += 1) {
			equal(chain.blockAt(number).parents, [chain.hashAt(number - 1)]);
		}
		equal(names(chain), ["lamp", "lock", "switch", "fourth"]);
		equal(chain.blockAt(3).sequence, 2, "founder's third block");
		equal(chain.blockAt(2).sequence, 0, "lock's first block");
	},
	"takes a block once": () => {
		const { chain } = founded();
		const block = admit(chain, founder, lock, "lock");
		equal(chain.add(block.cose), undefined);
		equal(chain.length, 2);
	},
	"refuses a block of another home, without parents here, by a stranger, out of sequence, or wrongly signed":
		() => {
			const { chain } = founded();
			const other = testGenesis(founder, "another");
			refused(chain, other.cose, "home");
			const fields = { home, parents: [genesis.hash], author: founder.id, sequence: 1, time: null };
			const body = addBody(lock, "lock");
			const forged = (changes: Partial<typeof fields>, by: TestNode) =>
				signBlock({ ...fields, body, ...changes }, by.privateKey).cose;
			refused(chain, forged({ home: other.hash.slice(0, 8) }, founder), "home");
			refused(chain, forged({ parents: [other.hash] }, founder), "parents");
			refused(chain, forged({ author: lock.id, sequence: 0 }, lock), "author");
			refused(chain, forged({ sequence: 2 }, founder), "sequence");
			refused(chain, forged({}, lock), "signature");
			equal(chain.length, 1);
		},
	"a wrong signature condemns the delivery, not the block": () => {
		const { chain } = founded();
		const block = signBlock(
			{
				home,
				parents: [genesis.hash],
				author: founder.id,
				sequence: 1,
				time: null,
				body: addBody(lock, "lock")
			},
			founder.privateKey
		);
		const spoiled = block.cose.slice();
		spoiled[spoiled.length - 1] = (spoiled[spoiled.length - 1] ?? 0) ^ 1;
		refused(chain, spoiled, "signature");
		ok(chain.add(block.cose) !== undefined);
	},
	"keeps what two sponsors add at once, in the same order for all": () => {
		const left = founded().chain;
		const second = admit(left, founder, lock, "lock");
		const right = founded().chain;
		right.add(second.cose);
		const byFounder = admit(left, founder, knob, "switch");
		const byLock = admit(right, lock, fourth, "fourth");
		left.add(byLock.cose);
		right.add(byFounder.cose);
		equal(hex(left.digest), hex(right.digest));
		equal(names(left), names(right));
		equal(names(left).length, 4);
		const merged = admit(left, founder, testNode("fifth"), "fifth");
		equal(merged.parents.length, 2, "parents of the block that joins both sides");
		equal(merged.parents.map(hex), [hex(byFounder.hash), hex(byLock.hash)].sort());
	},
	"two members of one name are told apart by their ids": () => {
		const left = founded().chain;
		const second = admit(left, founder, lock, "lock");
		const right = founded().chain;
		right.add(second.cose);
		admit(left, founder, knob, "twin");
		left.add(admit(right, lock, fourth, "twin").cose);
		const labels = left.members.named("twin").map(member => left.members.label(member));
		equal(labels.length, 2);
		ok(labels.includes(`twin~${hex(knob.id)}`) && labels.includes(`twin~${hex(fourth.id)}`), String(labels));
	},
	"one node admitted twice is one member, named by the first in order": () => {
		const { chain } = founded();
		admit(chain, founder, lock, "first");
		admit(chain, founder, lock, "second");
		equal(names(chain), ["lamp", "first"]);
	},
	"a block of a kind not known here is kept without effect": () => {
		const { chain } = founded();
		const { id: author, privateKey } = founder;
		chain.issue({ author, privateKey, time: null, body: { kind: undefined, number: 200, value: [1] } });
		equal(chain.length, 2);
		equal(names(chain), ["lamp"]);
	},
	"comes back from its storage as it was, whatever the order of the slots": () => {
		const { chain, storage } = founded();
		admit(chain, founder, lock, "lock");
		admit(chain, lock, knob, "switch");
		const shuffled = new MemoryStorage();
		for (const [slot, cose] of [...storage.blocks].reverse()) shuffled.blocks.set(9 - slot, cose);
		const again = new Chain({ storage: shuffled, home });
		equal(again.load(), []);
		equal(hex(again.digest), hex(chain.digest));
		equal(names(again), ["lamp", "lock", "switch"]);
		admit(again, founder, fourth, "fourth");
		equal(shuffled.blocks.size, 4);
	},
	"does not check at a start what it has checked before: a signature spoiled in the storage is not noticed":
		() => {
			const { chain, storage } = founded();
			const { cose } = admit(chain, founder, lock, "lock");
			const spoiled = cose.slice();
			spoiled[spoiled.length - 1] = (spoiled[spoiled.length - 1] ?? 0) ^ 1;
			storage.blocks.set(1, spoiled);
			const again = new Chain({ storage, home });
			equal(again.load(), []);
			equal(names(again), ["lamp", "lock"]);
			equal(hex(again.digest), hex(chain.digest));
		},
	"names what is damaged, keeps the rest, and is healed by a peer's copy": () => {
		const { chain, storage } = founded();
		const second = admit(chain, founder, lock, "lock");
		admit(chain, lock, knob, "switch");
		storage.blocks.set(1, second.cose.slice(0, 50));
		const again = new Chain({ storage, home });
		const faults = again.load();
		equal(faults.length, 2, faults.join("; "));
		ok(faults[0]?.startsWith("block in slot 1: not a block"), faults[0]);
		ok(faults[1]?.includes("the blocks before it are missing"), faults[1]);
		equal(names(again), ["lamp"]);
		again.add(second.cose);
		equal(hex(again.digest), hex(chain.digest));
		equal(names(again), ["lamp", "lock", "switch"]);
		const third = new Chain({ storage, home });
		third.load();
		equal(hex(third.digest), hex(chain.digest), "after another start");
	},
	"does not take another home's blocks out of its storage": () => {
		const { storage } = founded();
		const chain = new Chain({ storage, home: bytes("0102030405060708") });
		equal(chain.load().length, 1);
		equal(chain.length, 0);
	},
	"says when it is full and stays as it is": () => {
		const chain = new Chain({ storage: new MemoryStorage(), home, limit: 35 });
		chain.add(genesis.cose);
		admit(chain, founder, lock, "lock");
		admit(chain, founder, knob, "switch");
		equal(chain.room, 32);
		const { id: author, privateKey } = founder;
		const issue = () => chain.issue({ author, privateKey, time: null, body: addBody(fourth, "fourth") });
		equal(throws(issue, BlockError).reason, "reserved");
		equal(names(chain), ["lamp", "lock", "switch"]);
	},
	"does not take in what the storage could not keep": () => {
		const { chain, storage } = founded();
		const before = hex(chain.digest);
		storage.write = () => {
			throw new Error("flash full");
		};
		throws(() => admit(chain, founder, lock, "lock"), Error, "flash full");
		equal(hex(chain.digest), before);
		equal(names(chain), ["lamp"]);
	},
	"orders blocks the same for two who got them in different orders": () => {
		const { chain: left } = founded();
		const nodes = [founder, lock, knob, fourth];
		for (const [index, node] of nodes.entries()) if (index > 0) admit(left, founder, node, `node ${index}`);
		const heads = [left.hashAt(left.length - 1)];
		const blocks: Block[] = [];
		for (const [index, node] of nodes.entries()) {
			let parents = heads;
			for (let count = 0; count < 9; count += 1) {
				const body = { kind: undefined, number: 99, value: count } as const;
				const block = signed(node, (index === 0 ? 4 : 0) + count, parents, body);
				parents = [block.hash];
				blocks.push(block);
			}
		}
		const right = founded().chain;
		for (let number = 1; number < left.length; number += 1) right.add(left.blockAt(number).cose);
		for (const block of blocks) left.add(block.cose);
		for (let count = 0; count < 9; count += 1) {
			for (const node of [3, 1, 0, 2]) right.add(blocks[node * 9 + count]?.cose ?? genesis.cose);
		}
		equal(left.length, 40);
		equal(right.length, 40);
		equal(hex(left.digest), hex(right.digest));
	}
});

function signed(by: TestNode, sequence: number, parents: Uint8Array[], body: Block["body"]): Block {
	return signBlock({ home, parents, author: by.id, sequence, time: null, body }, by.privateKey);
}
