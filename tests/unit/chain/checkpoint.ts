import { toHex } from "../../../modules/bytes/bytes.js";
import { BlockError, Chain, Kind, signBlock } from "../../../modules/chain/chain.js";
import { decodeTable } from "../../../modules/chain/table.js";
import { sha256 } from "../../../modules/crypto/crypto.js";
import { BlockFile, Store } from "../../../modules/store/store.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";

const domain = "verifichain";
const unlock = 5;

/** A home with an admin, a grant, a removal and a new key. */
function oldHome() {
	const story = new Story();
	const chain = story.withMembers("door", "desk", "oven");
	story.admin(chain, "lamp", "door");
	story.grant(chain, "lamp", "desk", unlock, "door");
	story.rotate(chain, "desk", "desk's new key");
	story.remove(chain, "door", "oven");
	return { story, chain };
}

export default suite("chain: checkpoints", {
	"a checkpoint changes nothing but the number of blocks": () => {
		const { story, chain } = oldHome();
		const before = chain.members;
		story.checkpoint(chain);
		equal(chain.length, 2, "genesis and the checkpoint");
		equal(chain.checkpoint, 1);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		for (const member of before.all) {
			const { key, rank, grants } = member;
			const now = chain.members.get(member.id);
			equal({ key: now?.key, rank: now?.rank, grants: now?.grants }, { key, rank, grants }, member.name);
		}
		ok(story.may(chain, "desk", unlock, "door"));
		ok(chain.members.isRemoved(story.node("oven").id));
	},
	"members go on after it: admitting, granting, new keys": () => {
		const { story, chain } = oldHome();
		story.checkpoint(chain);
		story.add(chain, "desk", "attic");
		story.add(chain, "attic", "cellar");
		story.grant(chain, "door", "cellar", unlock, null);
		story.rotate(chain, "cellar", "cellar's new key");
		story.add(chain, "cellar", "garage");
		equal(story.members(chain), ["attic", "cellar", "desk", "door", "garage", "lamp"]);
		equal(chain.length, 7);
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
		equal(story.members(again), ["attic", "desk", "door", "lamp"]);
		story.remove(again, "lamp", "desk");
		story.checkpoint(again);
		equal(again.checkpoint, 2);
		const third = new Chain({ storage, home: story.home });
		equal(third.load(), []);
		equal(hex(third.digest), hex(again.digest));
		equal(story.members(third), ["attic", "door", "lamp"]);
		equal(storage.blocks.size, 2);
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
		story.add(old, "oven", "accomplice");
		story.checkpoint(chain);
		for (let number = 0; number < old.length; number += 1) {
			if (old.isLive(number)) throws(() => chain.add(old.blockAt(number).cose), BlockError);
		}
		equal(story.members(chain), ["desk", "door", "lamp"]);
		story.meet(old, chain);
		equal(story.members(old), ["desk", "door", "lamp"]);
	},
	"what its issuer had not seen loses its effect, and its author issues it anew": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const away = story.copy(chain);
		story.add(away, "desk", "attic");
		story.checkpoint(chain);
		story.merge(away, chain);
		equal(story.members(away), ["desk", "door", "lamp"]);
		equal(away.waiting.length, 1);
		away.dropWaiting();
		story.add(away, "desk", "attic");
		story.meet(chain, away);
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
		equal(chain.members.evidence, []);
	},
	"what rests on a new key that its issuer had not seen has its place also after a restart": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		const away = story.copy(chain);
		story.rotate(away, "desk", "desk's new key");
		story.checkpoint(chain);
		story.meet(away, chain);
		story.grant(chain, "lamp", "desk", unlock, "door");
		story.rotate(chain, "lamp", "lamp's new key");
		story.add(chain, "door", "attic");
		// Sees that a start comes to the same.
		equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
		story.merge(away, chain);
		story.checkpoint(chain);
		story.meet(away, chain);
		equal(away.waiting, []);
	},
	"of several new keys that its issuer had not seen the last counts, for everyone and at once": () => {
		for (let turn = 0; turn < 8; turn += 1) {
			const story = new Story();
			const chain = story.withMembers("door", "desk");
			const away = story.copy(chain);
			for (const key of ["first", "second", "third"]) story.rotate(away, "desk", `${key} key ${turn}`);
			story.checkpoint(chain);
			story.meet(away, chain);
			equal(
				hex(chain.members.get(story.node("desk").id)?.key ?? new Uint8Array(0)),
				hex(story.node("desk").key)
			);
			story.add(away, "desk", "attic");
			story.meet(chain, away);
			equal(story.members(chain), ["attic", "desk", "door", "lamp"]);
			equal(chain.members.evidence, []);
		}
	},
	"what lost its effect comes in the order in which it was issued, wherever it is stored": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk");
		story.admin(chain, "lamp", "door");
		const storage = new MemoryStorage();
		const away = story.chain(storage);
		story.merge(away, chain);
		const issued = [true, false, true].map(granted =>
			story.grant(away, "door", "desk", unlock, "door", granted)
		);
		const turned = new MemoryStorage();
		for (const [slot, cose] of [...storage.blocks].reverse()) turned.blocks.set(20 - slot, cose);
		const again = story.chain(turned);
		again.load();
		story.checkpoint(chain);
		story.merge(again, chain);
		equal(
			again.waiting.map(({ hash }) => hex(hash)),
			issued.map(({ hash }) => hex(hash))
		);
	},
	"a removal that its issuer had not seen counts all the same, for everyone": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "thief");
		story.admin(chain, "lamp", "door");
		const away = story.copy(chain);
		story.add(away, "desk", "attic");
		story.remove(away, "door", "thief");
		story.checkpoint(chain);
		story.merge(away, chain);
		equal(story.members(away), ["desk", "door", "lamp"]);
		away.dropWaiting();
		story.meet(chain, away);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		story.add(chain, "door", "cellar");
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		story.checkpoint(fresh);
		story.meet(chain, fresh);
		ok(chain.members.isRemoved(story.node("thief").id));
	},
	"only founders and the recovery key make one": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.admin(chain, "lamp", "door");
		equal(throws(() => story.checkpoint(chain, "door"), BlockError).reason, "rank");
		story.checkpoint(chain, "paper");
		story.founder(chain, "door");
		story.checkpoint(chain, "door");
		equal(chain.checkpoint, 2);
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		equal(fresh.length, chain.length);
	},
	"a table that is not what the blocks come to is refused by who has them": () => {
		const { story, chain } = oldHome();
		const other = story.withMembers("door", "desk");
		story.checkpoint(other);
		const table = other.bundle?.table ?? new Uint8Array(0);
		const { id, privateKey } = story.node("lamp");
		const body = { kind: Kind.checkpoint, number: 1, hash: hashOf(table) } as const;
		const parents = [chain.hashAt(chain.length - 1)];
		const fields = {
			home: story.home,
			parents,
			author: id,
			time: null,
			body,
			sequence: chain.nextSequence(id)
		};
		const checkpoint = signBlock(fields, privateKey).cose;
		const before = hex(chain.digest);
		equal(throws(() => chain.adopt({ checkpoint, table, anchors: [] }), BlockError).reason, "table");
		equal(hex(chain.digest), before);
		equal(chain.checkpoint, 0);
	},
	"a forged one, one of another home, and one with another table change nothing": () => {
		const { story, chain } = oldHome();
		const copy = story.copy(chain);
		story.checkpoint(copy);
		const bundle = copy.bundle;
		ok(bundle !== undefined);
		const { checkpoint, table } = bundle;
		const spoiled = checkpoint.slice();
		spoiled[spoiled.length - 1] = (spoiled[spoiled.length - 1] ?? 0) ^ 1;
		equal(throws(() => chain.adopt({ ...bundle, checkpoint: spoiled }), BlockError).reason, "signature");
		const cut = { ...bundle, table: table.subarray(1) };
		equal(throws(() => chain.adopt(cut), BlockError).reason, "table");
		const { id, privateKey } = story.node("door");
		const body = { kind: Kind.checkpoint, number: 9, hash: hashOf(table, 1) } as const;
		const fields = {
			home: story.home,
			parents: [chain.hashAt(1)],
			author: id,
			time: null,
			body,
			sequence: 0
		};
		const byAdmin = signBlock(fields, privateKey).cose;
		equal(throws(() => chain.adopt({ ...bundle, checkpoint: byAdmin }), BlockError).reason, "rank");
		equal(throws(() => chain.add(checkpoint), BlockError).reason, "table");
		equal(chain.checkpoint, 0);
		ok(chain.adopt(bundle) !== undefined);
		equal(chain.adopt(bundle), undefined, "twice");
	},
	"of two with one number a node keeps its first": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const other = story.copy(chain);
		story.checkpoint(chain);
		story.add(other, "lamp", "desk");
		story.checkpoint(other);
		const bundle = other.bundle;
		ok(bundle !== undefined);
		equal(throws(() => chain.adopt(bundle), BlockError).reason, "checkpoint");
		equal(story.members(chain), ["door", "lamp"]);
		story.checkpoint(chain);
		ok(chain.bundle !== undefined && other.adopt(chain.bundle) !== undefined, "a higher one rules for both");
		equal(hex(other.digest), hex(chain.digest));
	},
	"one that forgets a removal is refused": () => {
		const story = new Story();
		const chain = story.withMembers("door", "thief");
		const backup = story.copy(chain);
		story.remove(chain, "lamp", "thief");
		story.checkpoint(chain);
		story.checkpoint(backup);
		story.checkpoint(backup);
		const bundle = backup.bundle;
		ok(bundle !== undefined);
		equal(throws(() => chain.adopt(bundle), BlockError).reason, "checkpoint");
		equal(story.members(chain), ["door", "lamp"]);
	},
	"the power may be cut at every write of one that comes after others that were missed": () => {
		for (const ahead of [1, 2, 3]) {
			const count = writesOfAdopting(ahead, undefined);
			ok(count >= 2, `${count} writes`);
			for (let cut = 0; cut <= count; cut += 1) writesOfAdopting(ahead, cut);
		}
	},
	"the power may be cut at every write of it": () => {
		const count = writesOf(undefined);
		ok(count >= 4, `${count} writes`);
		for (let cut = 0; cut <= count; cut += 1) writesOf(cut);
	},
	"a founder that was removed cannot make one that a newcomer would take": () => {
		const story = new Story();
		const chain = story.withMembers("desk");
		const stolen = story.copy(chain);
		story.founder(chain, "desk");
		story.remove(chain, "paper", "lamp");
		story.checkpoint(chain, "desk");
		for (let count = 0; count < 3; count += 1) story.checkpoint(stolen);
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		const bundle = stolen.bundle;
		ok(bundle !== undefined);
		equal(throws(() => fresh.adopt(bundle), BlockError).reason, "rank");
	},
	"64 members and their grants fit the table": () => {
		const story = new Story();
		const chain = story.chain();
		for (let count = 1; count < 64; count += 1) {
			if (chain.nextSequence(story.node("lamp").id) % 20 === 0) story.checkpoint(chain);
			story.add(chain, "lamp", `member number ${count} here`);
		}
		for (let count = 1; count < 64; count += 4) {
			story.grant(chain, "lamp", `member number ${count} here`, unlock, "member number 5 here");
		}
		story.checkpoint(chain);
		equal(chain.members.size, 64);
		const { table } = chain.bundle ?? { table: new Uint8Array(0) };
		ok(table.length > 4500 && table.length <= 8192, `${table.length} bytes`);
	},
	"a member's grants are read one at a time, however many there are": () => {
		// As one value they would be more than CBOR takes, and more than a board has memory for.
		const key = `5821${"02".repeat(33)}`;
		const member = `87 48 0102030405060708 6161 00 ${key} 00 00`;
		const table = (grants: string) => bytes(`85 01 01 00 81 ${member} ${grants} 40`);
		const many = Array.from(
			{ length: 200 },
			(_, number) => `83 18${toHex(Uint8Array.of(24 + number))} f6 f5`
		);
		const { members } = decodeTable(table(`98c8 ${many.join("")}`));
		equal(
			[...members].map(({ grants }) => grants.length),
			[200]
		);
		const empty = throws(() => decodeTable(table(`990800${"40".repeat(2048)}`)), BlockError);
		equal(empty.reason, "table");
	},
	"a table that was damaged is named, whatever is left of it, and comes back from a peer": () => {
		for (const how of ["a bit", "half", "nothing"]) {
			const story = new Story();
			const preference = new MemoryPreference();
			const storage = () => new BlockFile(new Store({ preference, domain }));
			const chain = story.chain(storage());
			for (const name of ["door", "knob"]) story.add(chain, "lamp", name);
			story.checkpoint(chain);
			const peer = story.copy(chain);
			const [table = ""] = preference.keys(domain).filter(key => /^t[ab]0$/.test(key));
			if (how === "a bit") preference.damage(domain, table, 4);
			else preference.truncate(domain, table, how === "half" ? 100 : 0);
			const again = new Chain({ storage: storage(), home: story.home });
			ok(again.load().length > 0, how);
			story.merge(again, peer);
			equal([again.checkpoint, hex(again.digest)], [1, hex(chain.digest)], how);
		}
	}
});

/** What a checkpoint says of a table that tells of so many removed ids. */
function hashOf(table: Uint8Array, removed = 0): Uint8Array {
	const at = table.length - 8 * removed;
	return sha256(sha256(table.subarray(0, at)), table.subarray(at));
}

/** Makes a checkpoint, cut at a write, and sees that the old or the new one is there afterwards. Returns the writes. */
function writesOf(cut: number | undefined): number {
	const story = new Story();
	const storage = new CutStorage();
	const chain = story.chain(storage);
	for (const name of ["door", "desk", "oven"]) story.add(chain, "lamp", name);
	story.remove(chain, "lamp", "oven");
	const digest = hex(chain.digest);
	storage.left = cut ?? Number.POSITIVE_INFINITY;
	storage.writes = 0;
	try {
		story.checkpoint(chain);
	} catch (error) {
		if (!(error instanceof Error) || error.message !== "cut") throw error;
	}
	storage.left = Number.POSITIVE_INFINITY;
	const { writes } = storage;
	const again = new Chain({ storage, home: story.home });
	again.load();
	equal(story.members(again), ["desk", "door", "lamp"], `cut at ${cut}`);
	if (again.checkpoint === 0) equal(hex(again.digest), digest, `cut at ${cut}`);
	story.add(again, "door", "attic");
	story.checkpoint(again);
	equal(story.members(again), ["attic", "desk", "door", "lamp"], `cut at ${cut}`);
	return writes;
}

/** Takes over a checkpoint that is so many ahead of its own; a start after the cut has the one or the other. */
function writesOfAdopting(ahead: number, cut: number | undefined): number {
	const story = new Story();
	const storage = new CutStorage();
	const chain = story.chain(storage);
	for (const name of ["door", "desk"]) story.add(chain, "lamp", name);
	story.checkpoint(chain);
	const other = story.copy(chain);
	for (let count = 0; count < ahead; count += 1) story.checkpoint(other);
	const { bundle } = other;
	ok(bundle !== undefined);
	storage.left = cut ?? Number.POSITIVE_INFINITY;
	storage.writes = 0;
	try {
		chain.adopt(bundle);
	} catch (error) {
		if (!(error instanceof Error) || error.message !== "cut") throw error;
	}
	storage.left = Number.POSITIVE_INFINITY;
	const again = new Chain({ storage, home: story.home });
	equal(again.load(), [], `${ahead} ahead, cut at ${cut}`);
	equal(story.members(again), ["desk", "door", "lamp"]);
	ok(again.checkpoint === 1 || again.checkpoint === 1 + ahead);
	return storage.writes;
}

/** Loses its power after so many writes. */
class CutStorage extends MemoryStorage {
	left = Number.POSITIVE_INFINITY;
	writes = 0;

	override write(slot: number, cose: Uint8Array): void {
		this.#count();
		super.write(slot, cose);
	}

	override delete(slot: number): void {
		this.#count();
		super.delete(slot);
	}

	override writeTable(which: 0 | 1, table: Uint8Array): void {
		if (this.left === 0) super.writeTable(which, table.subarray(0, table.length >> 1));
		this.#count();
		super.writeTable(which, table);
	}

	#count(): void {
		if (this.left === 0) throw new Error("cut");
		this.left -= 1;
		this.writes += 1;
	}
}
