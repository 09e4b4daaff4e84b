import { BlockError, type Body, Kind, Rank } from "../../../modules/chain/chain.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

export default suite("chain: what blocks come to", {
	"an owner's add makes a member, a member's a provisional one, who sponsors nobody": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const add = story.add(chain, "door", "desk");
		equal([story.rank(chain, "door"), story.rank(chain, "desk")], [Rank.member, Rank.provisional]);
		equal(throws(() => story.add(chain, "desk", "oven"), BlockError).reason, "rank");
		// Who has no row yet is confirmed by an add with the same statement.
		story.confirmNew(chain, "lamp", add);
		equal(story.rank(chain, "desk"), Rank.member);
		story.add(chain, "desk", "oven");
		equal(story.members(chain), ["desk", "door", "lamp", "oven"]);
	},
	"a provisional member is out with its sponsor, a confirmed one is not": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		story.add(chain, "door", "desk");
		story.add(chain, "door", "oven");
		story.checkpoint(chain);
		story.confirm(chain, "lamp", "oven", 1);
		equal([story.rank(chain, "desk"), story.rank(chain, "oven")], [Rank.provisional, Rank.member]);
		story.remove(chain, "lamp", "door");
		equal(story.members(chain), ["lamp", "oven"]);
		ok(!chain.members.isRemoved(story.node("desk").id));
		story.checkpoint(chain);
		equal(story.members(chain), ["lamp", "oven"]);
		equal(chain.members.get(story.node("oven").id)?.guards, 1);
		story.add(chain, "lamp", "desk");
		equal(story.members(chain), ["desk", "lamp", "oven"]);
	},
	"who was out with its sponsor and is added again speaks with its new key, in the places of who is new":
		() => {
			const story = new Story();
			const chain = story.withMembers("door");
			story.add(chain, "door", "desk");
			const rotate = story.rotate(chain, "desk", "desk's new key");
			story.checkpoint(chain);
			story.remove(chain, "lamp", "door");
			equal(story.members(chain), ["lamp"]);
			const { era, checkpoint: number } = chain;
			const sponsor = story.node("lamp").id;
			story.issue(chain, "lamp", addBody(era, testNode("desk"), "desk", { number, sponsor }));
			equal(story.refusal(chain, rotate), undefined);
			story.describe(chain, "desk", { name: "table", types: Uint8Array.of(1) });
			equal(story.members(chain), ["lamp", "table"]);
			equal(chain.members.get(story.node("desk").id)?.turn, 1);
			equal(chain.roomOf(story.node("desk").id), 0);
		},
	"who is confirmed or removed makes room with its sponsor at once; an add said twice takes no more": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		for (let number = 0; number < 6; number += 1) story.add(chain, "door", `guest ${number}`);
		story.checkpoint(chain);
		for (const name of ["guest 6", "guest 6", "guest 7"]) story.add(chain, "door", name);
		equal(chain.members.size, 10);
		story.checkpoint(chain);
		story.add(chain, "door", "guest 8");
		equal(chain.members.size, 10);
		story.confirm(chain, "lamp", "guest 0");
		equal(chain.members.size, 11);
		story.add(chain, "door", "guest 9");
		equal(chain.members.size, 11);
		story.remove(chain, "lamp", "guest 1");
		equal(story.rank(chain, "guest 9"), Rank.provisional);
	},
	"of two owners' adds of one id the first counts; what each has seen of its devices counts": () => {
		const story = new Story();
		const chain = story.withOwners(["door"]);
		const apart = story.copy(chain);
		story.issue(chain, "lamp", story.addBody(chain, "lamp", "desk", { name: "first" }));
		story.add(apart, "door", "oven");
		story.issue(apart, "door", story.addBody(apart, "door", "desk", { name: "second" }));
		story.meet(chain, apart);
		equal(story.members(chain), ["door", "first", "lamp", "oven"]);
		story.add(chain, "oven", "gate");
		story.checkpoint(chain);
		for (const guards of [1, 4]) story.confirm(chain, "lamp", "gate", guards);
		equal(chain.members.get(story.node("gate").id)?.guards, 5);
	},
	"there are 64 members at most, and a place once one is removed": () => {
		const story = new Story();
		const chain = story.chain();
		for (let number = 1; number <= 66; number += 1) {
			if (chain.roomOf(story.node("lamp").id) === 2) story.checkpoint(chain);
			story.add(chain, "lamp", `node ${number}`);
			equal(chain.members.size, Math.min(number + 1, 64));
		}
		story.remove(chain, "lamp", "node 1");
		equal([chain.members.size, story.rank(chain, "node 64")], [64, Rank.member]);
	},
	"whom an owner confirms has a member's places": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.add(chain, "door", "desk");
		story.checkpoint(chain);
		const { id } = story.node("desk");
		equal(chain.roomOf(id), 2);
		story.confirm(chain, "lamp", "desk");
		for (let room = 8; room > 0; room -= 1) {
			equal(chain.roomOf(id), room);
			story.describe(chain, "desk", { name: `desk ${room}`, types: Uint8Array.of(1) });
		}
		equal(story.members(chain), ["desk 1", "door", "lamp"]);
	},
	"members share 48 places, 8 each at most and 2 at least": () => {
		for (const [count, places] of [
			[5, 8],
			[6, 8],
			[7, 6],
			[10, 4],
			[23, 2],
			[25, 2]
		] as const) {
			const story = new Story();
			const chain = story.chain();
			const names = Array.from({ length: count }, (_, number) => `node ${number}`);
			for (const name of names) {
				if (chain.roomOf(story.node("lamp").id) === 2) story.checkpoint(chain);
				story.add(chain, "lamp", name);
			}
			equal(chain.roomOf(story.node(`node ${count - 1}`).id), 2);
			story.checkpoint(chain);
			equal(chain.roomOf(story.node("node 0").id), places, `of ${count}`);
		}
	},
	"nothing of a removed member is kept, in every order": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const seen = story.copy(chain);
		story.add(chain, "door", "oven");
		story.remove(seen, "lamp", "door");
		story.meet(chain, seen);
		equal(story.members(chain), ["desk", "lamp"]);
		ok(chain.members.isRemoved(story.node("door").id));
		ok(!chain.members.isRemoved(story.node("oven").id));
	},
	"only owners remove, and never each other": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk", "oven"]);
		equal(throws(() => story.remove(chain, "lamp", "door"), BlockError).reason, "rank");
		equal(throws(() => story.remove(chain, "desk", "oven"), BlockError).reason, "rank");
		const { era } = chain;
		const previous = chain.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		const body = story.removeBody(1, "door");
		equal(story.refusal(chain, story.forge("lamp", { era, previous, sequence: 0, body })), undefined);
		const low = story.forge("desk", { era, previous, sequence: 0, body: story.removeBody(1, "oven") });
		equal(story.refusal(chain, low), "rank");
		equal(story.members(chain), ["desk", "door", "lamp", "oven"]);
	},
	"a node that was removed is added no more": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.remove(chain, "lamp", "desk");
		story.add(chain, "lamp", "desk");
		equal(story.members(chain), ["door", "lamp"]);
	},
	"a member admits eight that nobody has confirmed; the ninth once there is a place": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		let admitted = 0;
		for (let number = 0; number < 10; number += 1) {
			try {
				story.add(chain, "door", `guest ${number}`);
			} catch (error) {
				ok(error instanceof BlockError && error.reason === "places");
				story.checkpoint(chain);
				story.add(chain, "door", `guest ${number}`);
			}
			admitted = chain.members.size - 2;
		}
		equal(admitted, 8);
		story.remove(chain, "lamp", "guest 0");
		story.checkpoint(chain);
		story.add(chain, "door", "guest 8");
		equal(chain.members.size, 10);
	},
	"within one base a withdrawal beats every grant but who withdrew it grants again": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk"]);
		const apart = story.copy(chain);
		story.grant(chain, "lamp", "desk", unlock, "door");
		ok(story.may(chain, "desk", unlock, "door"));
		story.withdraw(chain, "lamp", "desk", unlock, "door");
		ok(!story.may(chain, "desk", unlock, "door"));
		for (let count = 0; count < 3; count += 1) story.grant(apart, "door", "desk", unlock, "door");
		story.meet(chain, apart);
		ok(!story.may(chain, "desk", unlock, "door"));
		const again = story.copy(chain);
		story.grant(again, "lamp", "desk", unlock, "door");
		ok(!story.may(again, "desk", unlock, "door") === false);
		story.checkpoint(chain, "door");
		story.grant(chain, "door", "desk", unlock, "door");
		ok(story.may(chain, "desk", unlock, "door"), "a base that knows of it lets another owner grant again");
	},
	"a withdrawal of one device leaves the others, one of all leaves none": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const grant = story.grantBody("desk", unlock, "door");
		ok(grant.kind === Kind.grant);
		const devices = () => chain.members.get(story.node("desk").id)?.grants.map(({ device }) => device);
		for (const device of [1, 2]) story.issue(chain, "lamp", { ...grant, device });
		const { id, action, node } = grant;
		const withdraw = { kind: Kind.withdraw, id, action, node } as const;
		story.issue(chain, "lamp", { ...withdraw, taking: 1, device: 1 });
		equal(devices(), [2]);
		story.issue(chain, "lamp", { ...withdraw, taking: 2, device: null });
		equal(devices(), []);
	},
	"there are 64 grants and 32 demands at most": () => {
		const story = new Story();
		const names = ["door", "desk", "oven", "gate", "porch"];
		const chain = story.withMembers(...names);
		const say = (body: Body) => {
			if (chain.roomOf(story.node("lamp").id) === 2) story.checkpoint(chain);
			story.issue(chain, "lamp", body);
		};
		for (let number = 1; number <= 66; number += 1) {
			say(story.grantBody("desk", number, "door"));
			equal(chain.members.get(story.node("desk").id)?.grants.length, Math.min(number, 64));
		}
		for (let number = 0; number < 34; number += 1) {
			const node = story.node(names[number >> 3] ?? "").id;
			const taking = chain.nextTaking(story.node("lamp").id);
			say({ kind: Kind.demand, taking, node, device: number & 7, asksTwo: true, autoLock: null });
			equal(chain.members.policies.length, Math.min(number + 1, 32));
		}
	},
	"a grant with limits opens nothing for who does not keep them": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const limits = { times: 1, notBefore: null, notAfter: 99, weekdays: 3, minutes: [0, 60] as const };
		const body = story.grantBody("desk", unlock, "door");
		ok(body.kind === Kind.grant);
		story.issue(chain, "lamp", { ...body, limits });
		ok(!story.may(chain, "desk", unlock, "door"));
		equal(chain.members.get(story.node("desk").id)?.grants[0]?.limits, limits);
		story.checkpoint(chain);
		equal(chain.members.get(story.node("desk").id)?.grants[0]?.limits, limits);
	},
	"a demand holds until it is waived by who made it, or under a base that knows it": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["gate"]);
		const apart = story.copy(chain);
		story.demand(chain, "lamp", "gate", { asksTwo: true, autoLock: 30 });
		story.demand(apart, "door", "gate", { asksTwo: false, autoLock: 10 });
		story.meet(chain, apart);
		equal(policyOf(chain), [true, 10]);
		story.waive(chain, "door", "gate");
		equal(policyOf(chain), [true, 10]);
		story.checkpoint(chain);
		equal(policyOf(chain), [true, 10]);
		story.waive(chain, "door", "gate");
		equal(policyOf(chain), undefined);
		story.checkpoint(chain);
		equal(policyOf(chain), undefined);
	},
	"a node names and describes itself; a device number keeps its type": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		story.describe(chain, "door", { name: "front door", types: Uint8Array.of(1, 2) });
		equal(described(chain, story, "door"), ["front door", "0102"]);
		story.describe(chain, "door", { name: "spare", types: Uint8Array.of(2, 1) });
		equal(described(chain, story, "door"), ["spare", "0102"], "the name counts, the types are passed over");
		story.checkpoint(chain);
		story.describe(chain, "door", { name: "gate", types: Uint8Array.of(0x81, 2, 3) });
		equal(described(chain, story, "door"), ["gate", "810203"]);
		story.describe(chain, "door", { name: "gate", types: Uint8Array.of(3, 2, 3) });
		equal(described(chain, story, "door"), ["gate", "810203"], "an empty number takes its old type only");
		story.describe(chain, "door", { name: "gate", types: Uint8Array.of(1, 2, 3) });
		equal(described(chain, story, "door"), ["gate", "010203"]);
	},
	"nobody renames another: an add of a member says nothing new": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.checkpoint(chain);
		story.issue(chain, "door", story.addBody(chain, "door", "desk", { name: "alice" }));
		equal(story.members(chain), ["desk", "door", "lamp"]);
	},
	"two blocks of one sequence both count, and are shown": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		const backup = story.copy(chain);
		story.add(chain, "door", "desk");
		story.add(backup, "door", "oven");
		story.meet(chain, backup);
		equal(story.members(chain), ["desk", "door", "lamp", "oven"]);
		equal(chain.evidence.length, 1);
		const owner = story.copy(chain);
		story.remove(chain, "lamp", "door");
		story.grant(owner, "lamp", "door", unlock, null);
		story.meet(chain, owner);
		equal(story.members(chain), ["lamp"]);
	},
	"a new key counts from its rotate on, and the old one beside it no more": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		const thief = story.copy(chain);
		story.add(thief, "door", "spy");
		story.rotate(chain, "door", "door's new key");
		story.meet(chain, thief);
		equal(story.members(chain), ["door", "lamp"]);
		equal(hex(keyOf(chain, story, "door")), hex(story.node("door").key));
		story.add(chain, "door", "desk");
		story.checkpoint(chain);
		story.add(chain, "door", "oven");
		equal(story.members(chain), ["desk", "door", "lamp", "oven"]);
	},
	"of two rotates beside each other neither gives; what an owner takes counts all the same": () => {
		const story = new Story();
		const chain = story.withMembers("desk");
		const thief = story.copy(chain);
		story.rotate(thief, "lamp", "the thief's key", false);
		story.rotate(chain, "lamp", "lamp's new key");
		story.meet(chain, thief);
		ok(chain.members.get(story.node("lamp").id)?.isFrozen);
		equal(throws(() => story.add(chain, "lamp", "oven"), BlockError).reason, "author");
		story.remove(chain, "lamp", "desk");
		equal(story.members(chain), ["lamp"]);
	},
	"a kind to come takes places and has no effect": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.issue(chain, "lamp", { kind: undefined, number: 77, value: "news" });
		equal(story.members(chain), ["door", "lamp"]);
		equal(chain.kindAt(chain.length - 1) === 77 || chain.kindAt(1) === 77, true);
	},
	"a genesis, a checkpoint and an opening do not come alone": () => {
		const story = new Story();
		const chain = story.chain();
		const hash = new Uint8Array(32);
		const body = { kind: Kind.checkpoint, era: 0, opening: story.genesis.hash, number: 1, hash } as const;
		equal(story.refusal(chain, story.forge("lamp", { sequence: 1, body })), "checkpoint");
	}
});

function policyOf({
	members
}: {
	members: { policies: readonly { asksTwo: boolean; autoLock: number | null }[] };
}) {
	const [policy] = members.policies;
	return policy && [policy.asksTwo, policy.autoLock];
}

function described(chain: ReturnType<Story["chain"]>, story: Story, name: string) {
	const member = chain.members.get(story.node(name).id);
	return member && [member.name, hex(member.types)];
}

function keyOf(chain: ReturnType<Story["chain"]>, story: Story, name: string): Uint8Array {
	return chain.members.get(story.node(name).id)?.key ?? new Uint8Array(0);
}
