import { type Block, BlockError, type Body, Chain, Kind, Rank } from "../../modules/chain/chain.js";
import { actions } from "../../modules/devices/devices.js";
import { equal, hex, ok } from "./assert.js";
import { MemoryStorage } from "./blocks.js";
import { Story } from "./chain-story.js";
import { Dice } from "./simulation.js";

/** What must hold of every chain. Each throws where it does not, and tells how many blocks there were to look at. */

/** Somebody does something on its part of a home that has fallen apart. */
export interface Act {
	readonly author: number;
	readonly deed: number;
	readonly target: number;
	readonly island: number;
}

/** Numbers from which an act is made up: below these. */
export const actLimits = Object.freeze({ author: 8, deed: 12, target: 8, island: 3 });

const owners = ["lamp", "porch"];
const members = ["door", "desk"];
const others = ["attic", "porch", "cellar", "den"];
const names = [...owners, ...members, ...others];
const unlock = actions.indexOf("unlock");
/** Rounds in which peers offer each other what they have until nothing is new. */
const roundsLimit = 12;

/** Something that travels: a block, or a base with its table. */
type Offer = (chain: Chain) => void;

/** All that was ever made in a home of two owners whose parts did not hear of each other, or only now and then. */
class History {
	readonly story = new Story();
	readonly offers: Offer[] = [];
	/** The same without what one of its members said. */
	readonly offersButOf: Offer[] = [];
	readonly #islands: Chain[];
	#keys = 0;

	/** `quiet`: whose blocks are left out of the second list. */
	constructor(acts: readonly Act[], quiet: string) {
		const chain = this.story.withOwners(owners.slice(1), members);
		this.#noteBase(chain, false);
		this.#islands = Array.from({ length: actLimits.island }, () => this.story.copy(chain));
		for (const act of acts) this.#play(act, quiet);
	}

	/** A chain that has got everything, in an order by chance, again and again until nothing is new. */
	deliver(seed: number, offers: readonly Offer[] = this.offers): { chain: Chain; storage: MemoryStorage } {
		const dice = new Dice(seed);
		const storage = new MemoryStorage();
		const chain = this.story.chain(storage);
		let before = "";
		for (let round = 0; round < roundsLimit && before !== hex(chain.digest); round += 1) {
			before = hex(chain.digest);
			const again = offers.filter(() => dice.roll() < 0.3);
			for (const offer of shuffled([...offers, ...again], dice)) offer(chain);
		}
		return { chain, storage };
	}

	#play({ author, deed, target, island }: Act, quiet: string): void {
		const name = names[author % names.length] ?? "lamp";
		const other = names[target % names.length] ?? "lamp";
		const chain = this.#islands[island % this.#islands.length];
		if (chain === undefined) return;
		try {
			this.#act(chain, { name, other, deed, target }, name === quiet);
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
		}
	}

	#act(
		chain: Chain,
		{ name, other, deed, target }: { name: string; other: string; deed: number; target: number },
		isQuiet: boolean
	): void {
		const { story } = this;
		const newcomer = others[target % others.length] ?? "attic";
		const note = ({ cose }: { readonly cose: Uint8Array }) =>
			this.#note(chain => void chain.add(cose), isQuiet);
		if (!owners.includes(name) && deed >= 3 && deed <= 7) {
			note(this.#forge(chain, name, { other, newcomer, deed }));
			return;
		}
		switch (deed) {
			case 0:
			case 1:
			case 2:
				note(story.add(chain, name, newcomer));
				break;
			case 3:
			case 4:
				note(story.grant(chain, name, other, unlock, target % 2 === 0 ? "door" : null));
				break;
			case 5:
				note(story.withdraw(chain, name, other, unlock, target % 3 === 0 ? "door" : null));
				break;
			case 6:
				note(story.remove(chain, name, other));
				break;
			case 7:
				note(story.confirm(chain, name, newcomer));
				break;
			case 8:
				note(story.describe(chain, name, { name: `${name} ${target}`, types: Uint8Array.of(1, target % 3) }));
				break;
			case 9:
				// The key before it goes on to be used on the other islands, as by a thief.
				this.#keys += 1;
				note(story.rotate(chain, name, `${name}: ${this.#keys}`, false));
				break;
			case 10:
				story.checkpoint(chain, name);
				this.#noteBase(chain, isQuiet);
				break;
			default: {
				const from = this.#islands[target % this.#islands.length];
				if (from !== undefined) story.merge(chain, from);
			}
		}
	}

	/** A member says what only an owner may, in its log. */
	#forge(
		chain: Chain,
		name: string,
		{ other, newcomer, deed }: { other: string; newcomer: string; deed: number }
	): Block {
		const { story } = this;
		const { id } = story.node(name);
		let previous = chain.base?.hash.slice(0, 16) ?? new Uint8Array(16);
		let sequence = 0;
		for (let number = 0; number < chain.length; number += 1) {
			const isInLog = hex(chain.authorAt(number)) === hex(id) && chain.kindAt(number) !== Kind.rotate;
			if (!isInLog || !chain.isLive(number)) continue;
			const block = chain.blockAt(number);
			previous = block.hash.slice(0, 16);
			sequence = block.sequence + 1;
		}
		const target = story.node(deed === 7 ? newcomer : other).id;
		const permission = { id: target, action: unlock, node: null, device: null };
		const bodies: readonly Body[] = [
			{ kind: Kind.confirm, id: target, guards: 255 },
			{ kind: Kind.grant, ...permission, limits: null, counted: null },
			{ kind: Kind.grant, ...permission, limits: null, counted: null },
			{ kind: Kind.withdraw, taking: 1, ...permission },
			{ kind: Kind.remove, taking: 1, ids: [target] }
		];
		const body = bodies[deed === 7 ? 0 : deed - 2];
		ok(body !== undefined);
		const block = story.forge(name, { era: chain.era, previous, sequence, body });
		chain.add(block.cose);
		return block;
	}

	#noteBase({ bundle }: Chain, isQuiet: boolean): void {
		if (bundle !== undefined) this.#note(chain => void chain.adopt(bundle), isQuiet);
	}

	#note(give: Offer, isQuiet: boolean): void {
		const offer: Offer = chain => {
			try {
				give(chain);
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
			}
		};
		this.offers.push(offer);
		if (!isQuiet) this.offersButOf.push(offer);
	}
}

/** Any order of delivery, with duplicates, comes to the same. */
export function anyOrderIsTheSame(acts: readonly Act[], seed: number): number {
	const history = new History(acts, "");
	const expected = summary(history, history.deliver(seed).chain);
	for (let turn = 1; turn < 4; turn += 1) {
		equal(summary(history, history.deliver(seed + turn).chain), expected, `order ${turn}`);
	}
	return history.offers.length;
}

/** What came block by block is what a start makes of all of it. */
export function aStartIsTheSame(acts: readonly Act[], seed: number): number {
	const history = new History(acts, "");
	const { chain, storage } = history.deliver(seed);
	const again = new Chain({ storage: storage.copy(), home: history.story.home });
	equal(again.load(), []);
	equal(summary(history, again), summary(history, chain));
	return history.offers.length;
}

/** Whoever was removed is no member, and nothing of it is kept, whatever the delivery; no owner is removed. */
export function theRemovedAreOut(acts: readonly Act[], seed: number): number {
	const history = new History(acts, "");
	const { chain } = history.deliver(seed);
	for (const name of names) {
		const { id } = history.story.node(name);
		if (owners.includes(name)) ok(!chain.members.isRemoved(id), `${name} is an owner`);
		if (!chain.members.isRemoved(id)) continue;
		ok(chain.members.get(id) === undefined, `${name} is no member`);
		for (let number = 0; number < chain.length; number += 1) {
			ok(hex(chain.authorAt(number)) !== hex(id), `block ${number} is by ${name}, who was removed`);
		}
	}
	return history.offers.length;
}

/** Who is owner or member, and what these may do, does not hang on what a member says that is no owner. */
export function noMemberHasPower(acts: readonly Act[], seed: number): number {
	const quiet = members[seed % members.length] ?? "door";
	const history = new History(acts, quiet);
	const { chain } = history.deliver(seed);
	const without = history.deliver(seed, history.offersButOf).chain;
	equal(powers(chain), powers(without), `with and without what ${quiet} says`);
	return history.offers.length;
}

/**
 * A checkpoint changes nobody's standing: neither where it is made, nor where it is taken over. Owners take no new keys here:
 * where a base falls, whom it had removed is removed again by the next one (rule 36).
 */
export function aCheckpointChangesNobody(acts: readonly Act[], seed: number): number {
	const isNewOwnersKey = ({ author, deed }: Act) =>
		deed === 9 && owners.includes(names[author % names.length] ?? "lamp");
	const history = new History(
		acts.filter(act => !isNewOwnersKey(act)),
		""
	);
	const { story } = history;
	const { chain } = history.deliver(seed);
	const before = standing(story, chain);
	try {
		story.checkpoint(chain, "porch");
	} catch (error) {
		// Its key is another by now, or it is frozen.
		if (error instanceof BlockError) return 0;
		throw error;
	}
	equal(standing(story, chain), before, "where it was made");
	const { bundle } = chain;
	ok(bundle !== undefined, "it can be handed on");
	for (const offers of [history.offers, history.offers.slice(0, 1)]) {
		const other = history.deliver(seed, offers).chain;
		other.adopt(bundle);
		equal(standing(story, other), before, `taken over by one that has got ${offers.length}`);
		equal(hex(other.digest), hex(chain.digest), "the digest");
	}
	return history.offers.length;
}

/** Acts at random. */
export function randomActs(dice: Dice, count: number): Act[] {
	const below = (limit: number) => Math.floor(dice.roll() * limit);
	return Array.from({ length: count }, () => ({
		author: below(actLimits.author),
		deed: below(actLimits.deed),
		target: below(actLimits.target),
		island: below(actLimits.island)
	}));
}

function summary({ story }: History, chain: Chain): unknown {
	return { digest: hex(chain.digest), checkpoint: chain.checkpoint, standing: story.standing(chain) };
}

/** All that a chain comes to but for the order of members, and for blocks that are the same at once. */
function standing(story: Story, chain: Chain): unknown {
	const names = story.members(chain);
	const { members: all } = chain;
	const rows = all.all.map(({ idText, name, types, key, rank, isFrozen, turn, guards, sponsor, grants }) => ({
		id: idText,
		name,
		types: hex(types),
		key: hex(key),
		rank,
		isFrozen,
		turn,
		guards,
		sponsor: rank === Rank.provisional && sponsor !== null ? hex(sponsor) : null,
		grants: grants.map(grant => JSON.stringify([grant.action, grant.node && hex(grant.node)])).sort()
	}));
	return { names, rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Owners and members, and on what of theirs they may do what. */
function powers({ members: all }: Chain): unknown {
	const named = all.all.filter(({ rank }) => rank !== Rank.provisional);
	const isNamed = (id: Uint8Array | null) => id === null || named.some(member => hex(member.id) === hex(id));
	return named
		.map(({ idText, rank, grants }) => ({
			id: idText,
			rank,
			grants: grants
				.filter(({ node }) => isNamed(node))
				.map(({ action, node }) => `${action} ${node === null ? "all" : hex(node)}`)
				.sort()
		}))
		.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
	const result = [...list];
	for (let last = result.length - 1; last > 0; last -= 1) {
		const other = Math.floor(dice.roll() * (last + 1));
		const held = result[last];
		const taken = result[other];
		if (held !== undefined && taken !== undefined) [result[last], result[other]] = [taken, held];
	}
	return result;
}
