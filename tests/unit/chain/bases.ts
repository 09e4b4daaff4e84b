import { compareBytes } from "../../../modules/bytes/bytes.js";
import { BlockError, Chain, checkpointLimit, Kind, Rank, signBlock } from "../../../modules/chain/chain.js";
import { hashOfTable, partsOfTable } from "../../../modules/chain/table.js";
import { decodeTable } from "../../../modules/chain/table-reader.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

/** A home with a grant, a removal and a new key. */
function oldHome() {
	const story = new Story();
	const chain = story.withMembers("door", "desk", "oven");
	story.grant(chain, "lamp", "desk", unlock, "door");
	story.rotate(chain, "desk", "desk's new key");
	story.remove(chain, "lamp", "oven");
	return { story, chain };
}

export default suite("chain: bases", {
	"a checkpoint changes nothing but the number of blocks": () => {
		const { story, chain } = oldHome();
		const before = story.standing(chain);
		story.checkpoint(chain);
		equal(chain.checkpoint, 1);
		equal(story.standing(chain), before);
		ok(story.may(chain, "desk", unlock, "door"));
		ok(chain.members.isRemoved(story.node("oven").id));
	},
	"members go on after it: admitting, granting, new keys": () => {
		const { story, chain } = oldHome();
		story.checkpoint(chain);
		story.add(chain, "desk", "attic");
		story.grant(chain, "lamp", "attic", unlock, null);
		story.rotate(chain, "attic", "attic's new key");
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
	},
	"new keys are there after a restart, also of whom a node admitted with its own new key": () => {
		const story = new Story();
		const chain = story.chain();
		const names = ["door", "desk", "oven"];
		for (const name of names) {
			const sponsor = name === "door" ? "lamp" : name === "desk" ? "door" : "desk";
			const add = story.add(chain, sponsor, name);
			if (name === "desk") story.confirmNew(chain, "lamp", add);
			story.rotate(chain, name, `${name}'s new key`);
		}
		equal(story.members(chain), [...names, "lamp"].sort());
		equal(
			names.map(name => chain.members.get(story.node(name).id)?.turn),
			[1, 1, 1]
		);
	},
	"it is there after a restart, and a second takes its place": () => {
		const story = new Story();
		const storage = new MemoryStorage();
		const chain = story.chain(storage);
		for (const name of ["door", "desk"]) story.add(chain, "lamp", name);
		story.checkpoint(chain);
		story.add(chain, "door", "attic");
		const again = new Chain({ storage, home: story.home });
		equal(again.load(), []);
		equal(hex(again.digest), hex(chain.digest));
		story.remove(again, "lamp", "desk");
		story.checkpoint(again);
		equal(again.checkpoint, 2);
		const third = new Chain({ storage, home: story.home });
		equal(third.load(), []);
		equal(hex(third.digest), hex(again.digest));
		equal(story.members(third), ["attic", "door", "lamp"]);
	},
	"a node from before it catches up, and so does one that knows nothing but the home": () => {
		const { story, chain } = oldHome();
		const old = story.withMembers("door", "desk", "oven");
		story.rotate(chain, "lamp", "lamp's new key");
		story.checkpoint(chain);
		story.add(chain, "door", "attic");
		story.meet(old, chain);
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		equal(story.members(fresh), ["attic", "desk", "door", "lamp"]);
		equal(fresh.genesis?.name, "lamp");
	},
	"an old peer resurrects nothing that was undone before it": () => {
		const { story, chain } = oldHome();
		const old = story.withMembers("door", "desk", "oven");
		story.checkpoint(chain);
		for (let number = 0; number < old.length; number += 1) {
			throws(() => chain.add(old.blockAt(number).cose), BlockError);
		}
		equal(story.members(chain), ["desk", "door", "lamp"]);
		story.meet(old, chain);
		equal(story.members(old), ["desk", "door", "lamp"]);
	},
	"what its issuer had not seen is left to its author, to issue it anew": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.checkpoint(chain);
		const away = story.copy(chain, "desk");
		const add = story.add(away, "desk", "attic");
		story.checkpoint(chain);
		story.merge(away, chain);
		equal(story.members(away), ["desk", "door", "lamp"]);
		equal(away.duties.again, [add.body]);
		story.issue(away, "desk", add.body);
		equal(away.duties.again, []);
		story.meet(chain, away);
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
	},
	"a statement is good for the checkpoint that it names and the next": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const body = story.addBody(chain, "lamp", "desk");
		story.checkpoint(chain);
		const other = story.copy(chain);
		story.issue(chain, "lamp", body);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		story.checkpoint(other);
		story.issue(other, "lamp", body);
		equal(story.members(other), ["door", "lamp"]);
	},
	"a removal that its issuer had not seen counts all the same, for everyone": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk", "thief"]);
		const away = story.copy(chain);
		story.remove(away, "door", "thief");
		story.checkpoint(chain);
		story.meet(chain, away);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		story.checkpoint(fresh);
		story.meet(chain, fresh);
		ok(chain.members.isRemoved(story.node("thief").id));
	},
	"nine removals offline beside a checkpoint all count": () => {
		const story = new Story();
		const names = Array.from({ length: 9 }, (_, number) => `thief ${number}`);
		const chain = story.withOwners(["door"], names);
		const away = story.copy(chain);
		for (const name of names) story.remove(away, "door", name);
		story.checkpoint(chain);
		story.meet(chain, away);
		equal(story.members(chain), ["door", "lamp"]);
	},
	"a withdrawal that its issuer had not seen counts, and beats the grant of who has not heard of it": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk"]);
		story.grant(chain, "lamp", "desk", unlock, "door");
		const away = story.copy(chain);
		story.withdraw(away, "door", "desk", unlock, "door");
		story.checkpoint(chain);
		const apart = story.copy(chain);
		story.grant(apart, "lamp", "desk", unlock, "door");
		story.meet(chain, away);
		ok(!story.may(chain, "desk", unlock, "door"));
		story.meet(chain, apart);
		ok(!story.may(chain, "desk", unlock, "door"));
		story.checkpoint(chain, "door");
		ok(!story.may(chain, "desk", unlock, "door"));
		story.grant(chain, "lamp", "desk", unlock, "door");
		ok(story.may(chain, "desk", unlock, "door"), "under a base that knows of the withdrawal");
		story.meet(chain, apart);
		ok(story.may(apart, "desk", unlock, "door"));
	},
	"a withdrawal that a checkpoint knew says nothing about a grant that came after it": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk"]);
		const withdrawal = story.withdraw(chain, "door", "desk", unlock, "door");
		story.checkpoint(chain);
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		story.grant(fresh, "lamp", "desk", unlock, "door");
		ok(story.refusal(fresh, withdrawal) !== undefined);
		ok(story.may(fresh, "desk", unlock, "door"));
	},
	"a new key beside a checkpoint counts, and what its author says under it": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.checkpoint(chain);
		const away = story.copy(chain, "desk");
		story.rotate(away, "desk", "desk's new key");
		story.checkpoint(chain);
		const thief = story.copy(chain);
		const own = story.node("desk");
		story.signsWith("desk", "desk");
		story.add(thief, "desk", "spy");
		story.signsWith("desk", "desk's new key");
		story.meet(chain, away);
		equal(hex(chain.members.get(own.id)?.key ?? own.id), hex(own.key));
		story.add(away, "desk", "attic");
		story.meet(chain, away);
		story.meet(chain, thief);
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
		story.checkpoint(chain);
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
	},
	"two owners' checkpoints in a partition, each with a removal: one rules, both removals count": () => {
		for (let turn = 0; turn < 6; turn += 1) {
			const story = new Story();
			const chain = story.withOwners(["door"], ["desk", "oven", `odd ${turn}`]);
			const apart = story.copy(chain);
			story.remove(chain, "lamp", "desk");
			story.remove(apart, "door", "oven");
			story.checkpoint(chain);
			story.checkpoint(apart, "door");
			story.meet(chain, apart);
			equal(story.members(chain), ["door", "lamp", `odd ${turn}`]);
		}
	},
	"after the last number there is none: only the recovery key helps": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		const { bundle, base } = chain;
		ok(bundle !== undefined && base !== undefined);
		const { table } = bundle;
		const hash = hashOfTable(partsOfTable(table, decodeTable(table)));
		const body = {
			kind: Kind.checkpoint,
			era: 0,
			opening: base.opening,
			number: checkpointLimit,
			hash
		} as const;
		const previous = base.hash.slice(0, 16);
		const { cose: checkpoint } = story.forge("lamp", { previous, sequence: 0, body });
		ok(chain.adopt({ ...bundle, checkpoint }) !== undefined);
		equal([chain.checkpoint, chain.duties.covers], [checkpointLimit, false]);
		equal(throws(() => story.checkpoint(chain), BlockError).reason, "checkpoint");
		story.recover(chain, ["lamp"], ["door"]);
		story.checkpoint(chain);
		equal([chain.eraNumber, chain.checkpoint], [1, 1]);
	},
	"only owners make one": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		equal(throws(() => story.checkpoint(chain, "door"), BlockError).reason, "rank");
	},
	"a forged one, one of another home, and one with another table change nothing": () => {
		const { story, chain } = oldHome();
		const copy = story.copy(chain);
		story.checkpoint(copy);
		const { bundle } = copy;
		ok(bundle !== undefined);
		const { checkpoint, table } = bundle;
		const spoiled = checkpoint.slice();
		spoiled[spoiled.length - 1] ^= 1;
		const fault = (forged: Parameters<typeof chain.adopt>[0]) =>
			throws(() => chain.adopt(forged), BlockError).reason;
		equal(fault({ ...bundle, checkpoint: spoiled }), "signature");
		equal(fault({ ...bundle, table: table.subarray(1) }), "table");
		const body = chain.blockAt(0).body;
		ok(body.kind !== Kind.checkpoint);
		equal(chain.checkpoint, 0);
		ok(chain.adopt(bundle) !== undefined);
		equal(chain.adopt(bundle), undefined, "twice");
	},
	"an owner by the recovery key has its devices seen; whom it only keeps, an owner confirms still": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.add(chain, "door", "gate");
		story.add(chain, "door", "porch");
		story.recover(chain, ["lamp", "gate"], ["porch"]);
		const guards = (name: string) => chain.members.get(story.node(name).id)?.guards;
		equal([guards("gate"), story.rank(chain, "porch"), guards("porch")], [1, Rank.member, 0]);
		story.confirm(chain, "lamp", "porch");
		story.checkpoint(chain);
		equal([guards("gate"), story.rank(chain, "porch"), guards("porch")], [1, Rank.member, 255]);
	},
	"the recovery key opens a new era: what a thief did with an owner's key counts no more": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "oven");
		story.checkpoint(chain);
		const thief = story.copy(chain);
		story.remove(thief, "lamp", "desk");
		story.add(thief, "lamp", "spy");
		for (let count = 0; count < 5; count += 1) story.checkpoint(thief);
		story.remove(thief, "lamp", "oven");
		story.recover(chain, ["door"], ["desk", "oven"]);
		equal([chain.eraNumber, chain.checkpoint], [1, 0]);
		story.meet(thief, chain);
		equal(story.members(thief), ["desk", "door", "oven"]);
		ok(thief.members.isRemoved(story.node("lamp").id));
		ok(!thief.members.isRemoved(story.node("desk").id), "free to return");
		story.remove(chain, "door", "oven");
		story.checkpoint(chain, "door");
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		equal(story.members(fresh), ["desk", "door"]);
		equal(throws(() => story.recover(fresh, ["oven"]), BlockError).reason, "rank");
	},
	"blocks of an earlier era count never again, a thief's removals among them": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const thief = story.copy(chain);
		const removal = story.remove(thief, "lamp", "desk");
		story.recover(chain, ["lamp", "door"], ["desk"]);
		equal(story.refusal(chain, removal), "home");
		equal(story.members(chain), ["desk", "door", "lamp"]);
	},
	"of two openings of one era the lower hash rules": () => {
		for (let turn = 0; turn < 4; turn += 1) {
			const story = new Story();
			const chain = story.withMembers("door", `desk ${turn}`);
			const island = story.copy(chain);
			story.recover(chain, ["door"]);
			story.recover(island, [`desk ${turn}`]);
			story.checkpoint(island, `desk ${turn}`);
			story.meet(chain, island);
		}
	},
	"where the power was cut while the next table was written, nothing is damaged, and the one before is still there":
		() => {
			const story = new Story();
			const storage = new MemoryStorage();
			const chain = story.chain(storage);
			for (const name of ["door", "desk", "attic"]) {
				story.add(chain, "lamp", name);
				story.checkpoint(chain);
			}
			const ruling = storage.tables.findIndex(
				table => table !== undefined && hex(table) === hex(chain.bundle?.table ?? table)
			);
			const free = storage.tables.indexOf(undefined);
			ok(ruling >= 0 && free >= 0);
			const cut = storage.copy();
			cut.tables[free] = new Uint8Array(10);
			const again = new Chain({ storage: cut, home: story.home });
			equal(again.load(), []);
			equal(again.isDamaged, false);
			equal([again.checkpoint, hex(again.digest)], [3, hex(chain.digest)]);
			// The table of the ruling one itself is missed, and the one before rules.
			const damaged = storage.copy();
			damaged.tables[ruling] = new Uint8Array(10);
			for (const place of [damaged, cut]) {
				if (place === cut) place.tables[ruling] = new Uint8Array(10);
				const older = new Chain({ storage: place, home: story.home });
				equal(older.load(), ["the table of checkpoint 3 cannot be read"]);
				equal(older.checkpoint, 2);
			}
		},
	"a table is gone with its base, also where a cut had left it": () => {
		const story = new Story();
		const storage = new MemoryStorage();
		const chain = story.chain(storage);
		const places = () => storage.tables.filter(table => table !== undefined).length;
		for (const count of [1, 2, 2, 2]) {
			story.add(chain, "lamp", `guest ${story.members(chain).length}`);
			story.checkpoint(chain);
			equal(places(), count);
		}
		const left = storage.copy();
		left.tables[left.tables.indexOf(undefined)] = new Uint8Array(99);
		new Chain({ storage: left, home: story.home }).load();
		equal(left.tables, storage.tables);
		story.recover(chain, ["lamp"]);
		equal(places(), 1);
	},
	"no table says what key an owner has: its rotates do, and they come with it": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk"]);
		const old = story.copy(chain);
		story.rotate(chain, "door", "door's new key");
		story.checkpoint(chain);
		ok(chain.bundle !== undefined && old.adopt(chain.bundle) !== undefined);
		equal(hex(old.members.get(story.node("door").id)?.key ?? new Uint8Array(0)), hex(story.node("door").key));
		story.meet(old, chain);
	},
	"a checkpoint under a key that was given up before it falls, and the one before rules again": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.checkpoint(chain);
		const thief = story.copy(chain);
		const fooled = story.copy(chain);
		const rotate = story.rotate(chain, "lamp", "lamp's new key", false);
		story.add(thief, "lamp", "spy");
		story.checkpoint(thief);
		story.checkpoint(thief);
		story.signsWith("lamp", "lamp's new key");
		const { bundle } = thief;
		ok(bundle !== undefined);
		equal(chain.adopt(bundle), undefined, "by who knows of the new key");
		ok(fooled.adopt(bundle) !== undefined);
		equal(story.members(fooled), ["door", "lamp", "spy"]);
		fooled.add(rotate.cose);
		equal([fooled.checkpoint, story.members(fooled)], [1, ["door", "lamp"]], "by the new key alone");
		story.merge(fooled, chain);
		story.meet(fooled, chain);
		equal(story.members(fooled), ["door", "lamp"]);
	},
	"a checkpoint under the old key beside that under which the new one was taken falls": () => {
		const story = new Story();
		const start = story.withOwners(["door"]);
		const chain = story.copy(start);
		story.checkpoint(chain, "door");
		const fooled = story.copy(start);
		story.checkpoint(fooled, "lamp", 9);
		equal([chain.checkpoint, fooled.checkpoint], [1, 1]);
		fooled.add(story.rotate(chain, "lamp", "lamp's new key").cose);
		equal(fooled.checkpoint, 0);
		story.meet(fooled, chain);
		equal(hex(fooled.base?.hash ?? new Uint8Array(0)), hex(chain.base?.hash ?? new Uint8Array(0)));
	},
	"a checkpoint by the new key of one of two rivals rules, until two others have lower hashes": () => {
		const story = new Story();
		const start = story.withMembers("door");
		story.checkpoint(start);
		const rivals = ["one", "two", "three"].map(key => {
			const copy = story.copy(start);
			return { key, block: story.rotate(copy, "lamp", key, false) };
		});
		rivals.sort((a, b) => compareBytes(a.block.hash, b.block.hash));
		const [low, middle, high] = rivals;
		ok(low !== undefined && middle !== undefined && high !== undefined);
		const chain = story.copy(start);
		for (const { block } of [high, middle]) chain.add(block.cose);
		story.signsWith("lamp", high.key);
		story.checkpoint(chain);
		equal(chain.checkpoint, 2);
		const other = story.copy(start);
		for (const { block } of [middle, high]) other.add(block.cose);
		ok(chain.bundle !== undefined && other.adopt(chain.bundle) !== undefined);
		for (const one of [chain, other]) {
			one.add(low.block.cose);
			equal(one.checkpoint, 1, "it lost its proof");
		}
	},
	"a node that returned to the base before says again what the next one leaves out": () => {
		const story = new Story();
		const start = story.withMembers("door", "desk");
		story.checkpoint(start);
		const chain = story.copy(start);
		const rotate = story.rotate(chain, "lamp", "lamp's new key", false);
		const thief = story.copy(start);
		for (let number = 0; number < 2; number += 1) story.checkpoint(thief);
		const desk = story.copy(start, "desk");
		const add = story.add(desk, "desk", "attic");
		ok(thief.bundle !== undefined && desk.adopt(thief.bundle) !== undefined);
		desk.add(rotate.cose);
		equal([desk.checkpoint, story.members(desk)], [1, ["attic", "desk", "door", "lamp"]]);
		story.signsWith("lamp", "lamp's new key");
		story.checkpoint(chain);
		ok(chain.bundle !== undefined && desk.adopt(chain.bundle) !== undefined);
		equal(desk.duties.again, [add.body]);
	},
	"whom a node admitted is not said again with a statement that is too old: the joiner has to sign anew":
		() => {
			const story = new Story();
			const chain = story.withMembers("door", "desk");
			story.checkpoint(chain);
			const away = story.copy(chain, "desk");
			const add = story.add(away, "desk", "attic");
			for (const [again, lapsed] of [
				[1, 0],
				[0, 1]
			]) {
				story.checkpoint(chain);
				ok(chain.bundle !== undefined && away.adopt(chain.bundle) !== undefined);
				equal([away.duties.again.length, away.duties.lapsed.length], [again, lapsed]);
			}
			equal(away.duties.lapsed, [add.body]);
		},
	"nobody opens an era in the recovery key's name": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const opened = story.copy(chain);
		story.recover(opened, ["door"]);
		const { bundle, openingBlock } = opened;
		ok(bundle !== undefined && openingBlock !== undefined);
		const { era, previous, author, body } = openingBlock;
		const place = { era, previous, author, turn: 0, sequence: 0, time: null };
		const forged = signBlock({ ...place, body }, story.node("door").privateKey);
		const fault = throws(() => chain.adopt({ ...bundle, checkpoint: forged.cose }), BlockError);
		equal([fault.reason, story.members(chain)], ["signature", ["door", "lamp"]]);
	}
});
