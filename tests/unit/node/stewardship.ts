import { type Chain, Kind } from "../../../modules/chain/chain.js";
import type { Identity } from "../../../modules/node/identity.js";
import { Issuer } from "../../../modules/node/issuer.js";
import { removedText } from "../../../modules/node/removal-notice.js";
import { Stewardship } from "../../../modules/node/stewardship.js";
import { Store } from "../../../modules/store/store.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { TurnByTurn } from "../../harness/turn-by-turn.js";

/** What a person has the node of `name` say, turn by turn. */
function stewardOf(story: Story, name: string, from: Chain, Issues = Issuer) {
	const clock = new TurnByTurn();
	const chain = story.chain(new MemoryStorage(), name);
	story.merge(chain, from);
	const { id, privateKey, key: publicKey } = story.node(name);
	const identity: Identity = {
		privateKey: privateKey.slice(),
		publicKey,
		nextKey: undefined,
		id,
		idText: hex(id),
		name,
		type: 1,
		home: story.home,
		suite: 1,
		rounds: 1000,
		secret: new Uint8Array(0),
		isConfirmed: true
	};
	const store = new Store({ preference: new MemoryPreference(), domain: "test" });
	const waiting: (() => void)[] = [];
	const out = { is: false };
	const steward = new Stewardship({
		chain,
		identity,
		issuer: new Issues({ chain, clock, identity, time: () => null }),
		store,
		random: count => new Uint8Array(count).fill(7),
		time: () => null,
		beforeSigning: sign => waiting.push(sign),
		isOut: () => out.is,
		onNewKey: () => undefined,
		report: text => {
			throw new Error(text);
		}
	});
	chain.onChanged(() => steward.settleKey());
	/** Ends the wait of those who are to sign. */
	const sign = () => {
		for (const each of waiting.splice(0)) each();
	};
	return { chain, clock, store, identity, steward, out, sign };
}

class BrokenIssuer extends Issuer {
	override get nextTaking(): number {
		throw new TypeError("broken");
	}
}

export default suite("what a person has a node say", {
	"a new key is one for everybody, also where the paper opens an era while it is taken": () => {
		let turns = 0;
		for (let isThrough = false; !isThrough; turns += 1) {
			const story = new Story();
			const home = story.withOwners(["door"], ["desk"]);
			const { chain, clock, identity, steward, sign } = stewardOf(story, "door", home);
			// What it took stands alone after this, so that a checkpoint of its own comes first.
			story.remove(chain, "door", "desk");
			const far = story.copy(home);
			story.recover(far, ["lamp", "door"]);
			const told: (string | undefined)[] = [];
			steward.rotate(fault => told.push(fault));
			sign();
			for (let turn = 0; turn < turns; turn += 1) isThrough = !clock.turn();
			// An era names the keys of which its opener had heard.
			const isBefore = told.length === 0;
			story.merge(chain, far);
			while (clock.turn());
			equal(told.length, 1);
			equal(chain.eraNumber, 2);
			const other = story.copy(far);
			equal(story.merge(other, chain), 0, `a block was refused, after ${turns} turns`);
			if (isBefore && told[0] === undefined)
				for (const each of [chain, other])
					equal(hex(each.members.get(identity.id)?.key ?? new Uint8Array(0)), hex(identity.publicKey));
		}
		ok(turns > 2, `${turns} turns`);
	},
	"a new key that a cut left behind is taken also where a thief's stands beside it": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const before = stewardOf(story, "door", home);
		const after = stewardOf(story, "door", home);
		before.steward.rotate(fault => equal(fault, undefined));
		before.sign();
		while (before.clock.turn());
		after.identity.nextKey = before.identity.privateKey.slice();
		const thief = story.copy(home);
		story.rotate(thief, "door", "the thief's key");
		for (const other of [thief, before.chain]) story.merge(after.chain, other);
		ok(after.chain.members.get(after.identity.id)?.isFrozen === true);
		equal(hex(after.identity.publicKey), hex(before.identity.publicKey));
		equal(after.identity.nextKey, undefined);
	},
	"an error of the node's own is told once, and thrown on; a new key may be asked for after one": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const { chain, clock, store, steward, sign } = stewardOf(story, "door", home, BrokenIssuer);
		const desk = chain.members.get(story.node("desk").id);
		ok(desk !== undefined);
		const told: (string | undefined)[] = [];
		const tell = (fault?: string) => told.push(fault);
		steward.remove([desk], tell);
		throws(sign, TypeError, "broken");
		equal(told, ["an error of this node's own"]);
		// Where classes lie in ROM, nothing can be assigned over what they have.
		Object.defineProperty(store, "set", {
			value: () => {
				throw new TypeError("broken");
			}
		});
		steward.rotate(tell);
		throws(sign, TypeError, "broken");
		steward.rotate(tell);
		throws(sign, TypeError, "broken");
		while (clock.turn());
		equal(told, Array(3).fill("an error of this node's own"));
	},
	"nothing is told to be done by a node that hears before it signs that it was removed": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const { chain, clock, steward, out, sign } = stewardOf(story, "door", home);
		const desk = chain.members.get(story.node("desk").id);
		ok(desk !== undefined);
		const told: (string | undefined)[] = [];
		steward.remove([desk], fault => told.push(fault));
		out.is = true;
		sign();
		while (clock.turn());
		equal(told, [removedText]);
		equal(story.members(chain), ["desk", "door", "lamp"]);
	},
	"checkpoints and grants that are asked for at once are made one after the other": () => {
		const story = new Story();
		const { chain, clock, steward, sign } = stewardOf(story, "lamp", story.withMembers("door", "knob"));
		const said: string[] = [];
		const told = (what: string) => (fault?: string) => {
			said.push(fault ?? `${what} ${chain.checkpoint}`);
		};
		const [, door] = chain.members.all;
		ok(door !== undefined);
		steward.checkpoint(told("checkpoint"));
		steward.checkpoint(told("checkpoint"));
		steward.grant(door, 0, { node: null, device: null }, told("grant"));
		steward.checkpoint(told("checkpoint"), 99);
		steward.checkpoint(told("checkpoint"));
		sign();
		while (clock.turn());
		const another = "another owner has given the home a new password just now";
		// A grant is signed in one turn and taken in the next.
		equal(said, ["checkpoint 1", "checkpoint 2", another, "grant 2", "checkpoint 3"]);
		equal(chain.members.get(door.idText)?.grants.length, 1);
	},
	"what waits for a checkpoint is done, whatever is wrong with what waits before it": () => {
		const story = new Story();
		const { chain, clock, identity } = stewardOf(story, "lamp", story.withMembers("door"));
		const issuer = new Issuer({ chain, clock, identity, time: () => null });
		const told: string[] = [];
		const failed = (error: unknown) => {
			throw error;
		};
		const broken = () => {
			throw new RangeError("broken");
		};
		issuer.checkpoint({}, () => told.push("checkpoint"), failed);
		issuer.issueInTurns(broken, () => told.push("broken"), failed);
		const body = { kind: Kind.describe, name: "lamp 2", types: Uint8Array.of(1) } as const;
		issuer.issueInTurns(
			() => body,
			() => told.push("described"),
			failed
		);
		for (let isOver = false; !isOver; )
			try {
				isOver = !clock.turn();
			} catch (error) {
				ok(error instanceof RangeError, String(error));
			}
		equal(told, ["checkpoint", "described"]);
	}
});
