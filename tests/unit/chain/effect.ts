import { BlockError, Chain, signBlock, signGenesis } from "../../../modules/chain/chain.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, MemoryStorage, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

export default suite("chain: who may do what", {
	"two sponsors who admit at once both keep their block": () => {
		const story = new Story();
		const left = story.withMembers("door");
		const right = story.copy(left);
		story.add(left, "lamp", "attic");
		story.add(right, "door", "cellar");
		story.meet(left, right);
		equal(story.members(left), ["attic", "cellar", "door", "lamp"]);
	},
	"a member removes nobody, an admin members, a founder admins, the recovery key a founder": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "attic");
		equal(throws(() => story.remove(chain, "door", "desk"), BlockError).reason, "rank");
		story.admin(chain, "lamp", "door");
		story.remove(chain, "door", "desk");
		story.admin(chain, "lamp", "attic");
		equal(throws(() => story.remove(chain, "door", "attic"), BlockError).reason, "rank");
		equal(throws(() => story.remove(chain, "door", "lamp"), BlockError).reason, "rank");
		story.remove(chain, "lamp", "attic");
		story.remove(chain, "paper", "lamp");
		equal(story.members(chain), ["door"]);
	},
	"who is told of its own removal believes it from who stands above it, and from nobody else": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "attic");
		for (const name of ["door", "desk"]) story.admin(chain, "lamp", name);
		const told = (by: string, whom: string) => {
			const { id, privateKey } = story.node(by);
			const body = { kind: 2, ids: [story.node(whom).id] } as const;
			// On what the node that is told has never seen.
			const parents = [new Uint8Array(32).fill(7)];
			const fields = { home: story.home, parents, author: id, sequence: 9, time: null, body };
			return chain.isProofOfRemoval([signBlock(fields, privateKey).cose], story.node(whom).id);
		};
		ok(told("door", "attic"), "a member by an admin");
		ok(told("lamp", "desk"), "an admin by the founder");
		ok(told("paper", "lamp"), "a founder by the recovery key");
		ok(!told("attic", "attic"), "a member by a member");
		ok(!told("door", "desk"), "an admin by an admin");
		ok(!told("door", "lamp"), "a founder by an admin");
		ok(!told("stranger", "attic"), "by nobody");
	},
	"a removal by who may not is kept without effect": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const { id, privateKey } = story.node("door");
		const body = { kind: 2, ids: [story.node("desk").id] } as const;
		const parents = [chain.hashAt(2)];
		const block = signBlock(
			{ home: story.home, parents, author: id, sequence: 0, time: null, body },
			privateKey
		);
		const before = hex(chain.digest);
		chain.add(block.cose);
		ok(!story.counts(chain, block));
		equal(story.members(chain), ["desk", "door", "lamp"]);
		equal(hex(chain.digest), before, "the digest leaves out what is without effect");
	},
	"two admins cannot remove each other, whatever date they write": () => {
		const story = new Story();
		const old = story.withMembers("door", "desk");
		const left = story.copy(old);
		story.admin(left, "lamp", "door");
		const right = story.copy(left);
		story.admin(right, "lamp", "desk");
		story.merge(left, right);
		// The door removes the desk on a copy where the desk is no admin yet.
		const early = story.copy(old);
		story.admin(early, "lamp", "door");
		const removal = story.remove(early, "door", "desk");
		story.meet(left, early);
		ok(!story.counts(left, removal));
		equal(story.members(left), ["desk", "door", "lamp"]);
	},
	"an admin of whom the founder thought better cannot act with an old date": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.admin(chain, "lamp", "door");
		const old = story.copy(chain);
		story.admin(chain, "lamp", "door", false);
		const removal = story.remove(old, "door", "desk");
		story.meet(chain, old);
		ok(!story.counts(chain, removal));
		equal(story.members(chain), ["desk", "door", "lamp"]);
	},
	"what a removed member did before its removal counts, what nobody saw does not": () => {
		const story = new Story();
		const chain = story.withMembers("thief");
		story.add(chain, "thief", "friend");
		const away = story.copy(chain);
		story.remove(chain, "lamp", "thief");
		const late = story.add(away, "thief", "accomplice");
		story.meet(chain, away);
		ok(!story.counts(chain, late));
		equal(story.members(chain), ["friend", "lamp"]);
		ok(chain.members.isRemoved(story.node("thief").id));
	},
	"what rests on an add without effect falls with it, and another member may issue the add again": () => {
		const story = new Story();
		const chain = story.withMembers("thief", "desk");
		const away = story.copy(chain);
		story.remove(chain, "lamp", "thief");
		story.add(away, "thief", "guest");
		story.add(away, "guest", "guest of guest");
		story.meet(chain, away);
		equal(story.members(chain), ["desk", "lamp"]);
		story.add(chain, "desk", "guest");
		equal(story.members(chain), ["desk", "guest", "lamp"]);
		story.add(chain, "guest", "guest of guest");
		equal(story.members(chain), ["desk", "guest", "guest of guest", "lamp"]);
	},
	"an honest member's add counts although it rests on what a removed one did unseen": () => {
		const story = new Story();
		const chain = story.withMembers("thief", "desk");
		const away = story.copy(chain);
		story.remove(chain, "lamp", "thief");
		const unseen = story.add(away, "thief", "accomplice");
		const honest = story.add(away, "desk", "attic");
		story.meet(chain, away);
		ok(!story.counts(chain, unseen));
		ok(story.counts(chain, honest));
		equal(story.members(chain), ["attic", "desk", "lamp"]);
	},
	"an id once removed is never added again": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.remove(chain, "lamp", "desk");
		const again = story.add(chain, "door", "desk");
		ok(!story.counts(chain, again));
		equal(story.members(chain), ["door", "lamp"]);
	},
	"who was made an admin stays, though its sponsor's add falls": () => {
		const story = new Story();
		const chain = story.withMembers("sponsor", "boss");
		story.admin(chain, "lamp", "boss");
		const other = story.copy(chain);
		story.add(chain, "sponsor", "door");
		story.admin(chain, "lamp", "door");
		story.remove(other, "boss", "sponsor");
		story.meet(chain, other);
		equal(story.members(chain), ["boss", "door", "lamp"]);
	},
	"after a new key the old one issues nothing, also not on old parents": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const old = story.copy(chain);
		story.rotate(chain, "door", "new key", false);
		const stolen = story.add(old, "door", "accomplice");
		story.merge(chain, old);
		ok(!story.counts(chain, stolen));
		throws(() => chain.add(story.add(story.copy(chain), "door", "another").cose), BlockError, "signature");
		story.signsWith("door", "new key");
		story.add(chain, "door", "attic");
		equal(story.members(chain), ["attic", "door", "lamp"]);
		equal(chain.members.get(story.node("door").id)?.key, testNode("new key").key);
	},
	"of two new keys of one node neither may act, and both are shown": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const old = story.copy(chain);
		story.rotate(chain, "door", "owner's", false);
		story.rotate(old, "door", "thief's", false);
		story.meet(chain, old);
		const door = chain.members.get(story.node("door").id);
		ok(door?.isFrozen);
		equal(chain.members.evidence.length, 1);
		ok(chain.members.evidence[0]?.isRotate);
		story.signsWith("door", "thief's");
		equal(throws(() => story.add(chain, "door", "accomplice"), BlockError).reason, "author");
		story.remove(chain, "lamp", "door");
		equal(story.members(chain), ["lamp"]);
	},
	"a new key without its own proof is refused": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const { id, privateKey } = story.node("door");
		const body = { kind: 3, key: testNode("new key").key, proof: new Uint8Array(64).fill(1) } as const;
		const fields = {
			home: story.home,
			parents: [chain.hashAt(1)],
			author: id,
			sequence: 0,
			time: null,
			body
		};
		const { cose } = signBlock(fields, privateKey);
		equal(throws(() => chain.add(cose), BlockError).reason, "proof");
	},
	"an add of what is no key is refused, and so is a home whose recovery key is none": () => {
		const story = new Story();
		const theirs = story.withMembers("door");
		const chain = story.copy(theirs);
		for (const first of [0, 2, 3, 4]) {
			// An x without a y, and bytes that begin as no compressed point does.
			const key = new Uint8Array(33).fill(0xff).fill(first, 0, 1);
			const { cose } = story.issue(story.copy(theirs), "door", { kind: 1, name: "attic", type: 1, key });
			equal(throws(() => chain.add(cose), BlockError).reason, "malformed", `${first}`);
		}
		equal(chain.length, 2);
		const { id, privateKey, key } = testNode("lamp");
		const recovery = new Uint8Array(33).fill(0xff).fill(2, 0, 1);
		const genesis = signGenesis({
			message: new Uint8Array(32),
			author: id,
			privateKey,
			time: null,
			body: { kind: 0, name: "lamp", type: 0, key, suite: 1, rounds: 1000, recovery }
		});
		const empty = new Chain({ storage: new MemoryStorage() });
		equal(throws(() => empty.add(genesis.cose), BlockError).reason, "malformed");
	},
	"a member is known by its whole id": () => {
		const story = new Story();
		const { members } = story.withMembers("door");
		const { id } = story.node("door");
		ok(members.get(id) !== undefined && members.get(hex(id)) !== undefined);
		for (let length = 0; length < 8; length += 1) {
			equal(members.get(id.subarray(0, length)), undefined, `${length} bytes`);
			equal(members.get(hex(id).slice(0, 2 * length)), undefined, `${length} bytes as text`);
		}
		equal(members.get(new Uint8Array([...id, 0])), undefined);
	},
	"two blocks of one author under one sequence both count and are shown": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const backup = story.copy(chain);
		story.add(chain, "door", "attic");
		story.add(backup, "door", "cellar");
		story.meet(chain, backup);
		equal(story.members(chain), ["attic", "cellar", "door", "lamp"]);
		equal(chain.members.evidence.length, 1);
		equal(chain.members.evidence[0]?.author, hex(story.node("door").id));
	},
	"grants are by admins and founders, and the last in order wins": () => {
		const story = new Story();
		const chain = story.withMembers("door", "gate", "desk");
		equal(throws(() => story.grant(chain, "desk", "desk", unlock, null), BlockError).reason, "rank");
		story.grant(chain, "lamp", "desk", unlock, "door");
		ok(story.may(chain, "desk", unlock, "door"));
		ok(!story.may(chain, "desk", unlock, "gate"));
		story.grant(chain, "lamp", "desk", unlock, null);
		story.grant(chain, "lamp", "desk", unlock, "gate", false);
		ok(story.may(chain, "desk", unlock, "door"));
		ok(!story.may(chain, "desk", unlock, "gate"));
		story.grant(chain, "lamp", "desk", unlock, null, false);
		ok(!story.may(chain, "desk", unlock, "door"));
		ok(story.may(chain, "lamp", unlock, "door"), "a founder needs none");
	},
	"a stolen founder is removed with the paper key, and another made founder": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const stolen = story.copy(chain);
		story.founder(chain, "desk");
		story.remove(chain, "paper", "lamp");
		story.remove(stolen, "lamp", "desk");
		story.admin(stolen, "lamp", "door");
		story.meet(chain, stolen);
		equal(story.members(chain), ["desk", "door"]);
		ok(chain.members.get(story.node("desk").id)?.isFounder);
		story.admin(chain, "desk", "door");
		ok(chain.members.get(story.node("door").id)?.isAdmin);
	},
	"two founders cannot remove each other": () => {
		const story = new Story();
		const chain = story.withMembers("desk");
		story.founder(chain, "desk");
		equal(throws(() => story.remove(chain, "desk", "lamp"), BlockError).reason, "rank");
		equal(throws(() => story.remove(chain, "lamp", "desk"), BlockError).reason, "rank");
	},
	"the recovery key is no member: it admits nobody": () => {
		const story = new Story();
		const chain = story.withMembers("desk");
		equal(throws(() => story.add(chain, "paper", "attic"), BlockError).reason, "rank");
		const { id, privateKey } = story.node("paper");
		const body = addBody(story.node("attic"), "attic");
		const fields = {
			home: story.home,
			parents: [chain.hashAt(1)],
			author: id,
			sequence: 0,
			time: null,
			body
		};
		const block = signBlock(fields, privateKey);
		chain.add(block.cose);
		ok(!story.counts(chain, block));
	},
	"a rogue that adds sixty is stopped at its limit, and its removal takes all that nobody saw": () => {
		const story = new Story();
		const chain = story.withMembers("rogue", "desk");
		const away = story.copy(chain);
		for (let count = 0; count < 32; count += 1) story.add(away, "rogue", `sybil ${count}`);
		equal(throws(() => story.add(away, "rogue", "one more"), BlockError).reason, "author limit");
		story.remove(chain, "lamp", "rogue");
		story.meet(chain, away);
		equal(story.members(chain), ["desk", "lamp"]);
		story.add(chain, "desk", "attic");
		equal(story.members(chain), ["attic", "desk", "lamp"]);
	},
	"two halves of a home grow apart, one removes a member of the other, and both come to the same": () => {
		const story = new Story();
		const left = story.withMembers("door", "desk", "oven");
		const right = story.copy(left);
		story.add(left, "lamp", "left 1");
		story.add(left, "door", "left 2");
		story.remove(left, "lamp", "oven");
		story.add(right, "oven", "right 1");
		story.add(right, "desk", "right 2");
		story.meet(left, right);
		equal(story.members(left), ["desk", "door", "lamp", "left 1", "left 2", "right 2"]);
	}
});
