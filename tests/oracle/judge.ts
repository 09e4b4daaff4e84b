import { selectCarried } from "./carried.js";
import type { Judgement, Member } from "./judgement.js";
import { type KeyChain, keyChain } from "./keys.js";
import { limits } from "./limits.js";
import { bySequence, type Log, selectLog } from "./log.js";
import { isOwner, memberPlaces } from "./places.js";
import { rightsOf } from "./rights.js";
import type { Rules } from "./rules.js";
import { typesAfter } from "./types.js";
import {
	type Base,
	type Block,
	type BlockOf,
	type Id,
	isOf,
	type Key,
	type Row,
	type Statement,
	type Taking
} from "./words.js";

/** The id that a key gives its holder: the model's keys are called "id/anything". */
export const idOf = (key: Key): Id => key.split("/")[0] ?? key;

/** Names and types that a table or a statement says of one member. */
type Profile = Pick<Row, "id" | "key" | "turn" | "frozen" | "sponsor" | "name" | "types" | "guards">;

/**
 * What a base and a set of blocks come to: owners first, then members, then provisional members. Each step looks only at what the steps
 * before it kept, so no block can depend on one of a lower rank.
 */
export class Judge {
	readonly #base: Base;
	readonly #opening: Base;
	readonly #rules: Rules;
	readonly #byAuthor = new Map<Id, Block[]>();
	readonly #logs = new Map<Id, Log>();
	readonly #chains = new Map<Id, KeyChain>();
	readonly #carried = new Map<Id, Taking[]>();
	readonly #members = new Map<Id, Member>();
	/** The table's rows, and the opening's of owners that it does not have. */
	readonly #rows = new Map<Id, Row>();
	readonly #ownerIds: ReadonlySet<Id>;
	/** Whom owners' blocks confirm, and the devices of guarded types that they saw. */
	#confirmed: ReadonlyMap<Id, number> = new Map();
	readonly #removed: Set<Id>;
	readonly #kept = new Set<Block>();

	/** `opening`: the base that opened the era; it names the owners. */
	constructor(options: { base: Base; opening: Base; blocks: Iterable<Block>; rules: Rules }) {
		this.#base = options.base;
		this.#opening = options.opening;
		this.#rules = options.rules;
		this.#removed = new Set(options.base.table.removed);
		const opened = options.opening.table.rows.filter(isOwner);
		this.#ownerIds = new Set(opened.map(({ id }) => id));
		for (const row of [...options.base.table.rows, ...opened])
			if (!this.#rows.has(row.id)) this.#rows.set(row.id, row);
		for (const block of options.blocks) {
			if (block.opening !== options.base.opening || this.#isFalse(block)) continue;
			const list = this.#byAuthor.get(block.author);
			if (list === undefined) this.#byAuthor.set(block.author, [block]);
			else list.push(block);
		}
	}

	/** An add whose statement is not the joiner's own, or is for another opening, is refused as a false signature is. */
	#isFalse(block: Block): boolean {
		if (!isOf(block, "add")) return false;
		const { signed, opening, id, key } = block.body.statement;
		return !signed || opening !== this.#base.opening || (idOf(key) !== id && this.#rules.firstKeyMakesTheId);
	}

	judge(): Judgement {
		const rows = this.#base.table.rows;
		const owners = this.#owners();
		for (const row of owners) this.#keepOwner(row);
		this.#remove();
		for (const row of owners) this.#admit(row, "owner");
		const gives = this.#ownersGives();
		const confirmed = this.#confirmedBy(gives);
		this.#confirmed = confirmed;
		const others = rows.filter(row => !this.#ownerIds.has(row.id) && !this.#removed.has(row.id));
		const isMember = (row: Row): boolean => row.rank !== "provisional" || confirmed.has(row.id);
		const added = this.#adds(gives);
		for (const row of others.filter(isMember)) {
			const guards = row.guards | (confirmed.get(row.id) ?? 0);
			this.#keepAndAdmit({ ...row, guards }, "member", memberPlaces(this.#base, added.length, this.#rules));
		}
		const provisional = others.filter(row => !isMember(row));
		if (!this.#rules.membersBeforeProvisional) this.#admitProvisional(provisional);
		for (const { statement, block } of added)
			this.#keepAndAdmit(this.#profile(statement, block), "member", limits.leastPlaces);
		if (this.#rules.membersBeforeProvisional) this.#admitProvisional(provisional);
		for (const { statement, block } of this.#membersAdds(provisional))
			this.#keepAndAdmit(this.#profile(statement, block), "provisional", limits.leastPlaces);
		return this.#judgement();
	}

	/** The owners of the era: their keys come from its opening and their own rotates, whatever a checkpoint's table says. */
	#owners(): Row[] {
		const owners = this.#opening.table.rows.filter(isOwner);
		return owners.map(owner => {
			const row = this.#rows.get(owner.id) ?? owner;
			const { key, turn } = this.#rules.ownersKeysFromTheirOpening ? owner : row;
			return { ...row, key, turn, rank: "owner", frozen: false, sponsor: undefined };
		});
	}

	#keepOwner(row: Row): void {
		const { id } = row;
		const chain = this.#follow(row, limits.ownerTurns);
		const blocks = this.#byAuthor.get(id) ?? [];
		const options = { base: this.#base, chain, blocks, rules: this.#rules };
		const log = selectLog({ ...options, places: limits.ownerPlaces, isOwner: true, maySponsor: true });
		this.#keepLog(id, log);
		const carried = selectCarried({ ...options, log, owners: this.#ownerIds });
		this.#carried.set(id, carried);
		for (const block of carried) this.#kept.add(block);
	}

	#follow({ id, key, turn }: Profile, most: number): KeyChain {
		let blocks: readonly Block[] = this.#byAuthor.get(id) ?? [];
		if (!this.#rules.rotatesHaveRoom) blocks = [...blocks].sort(bySequence).slice(0, limits.leastPlaces);
		const rotates = blocks.filter(
			(block): block is BlockOf<"rotate"> =>
				isOf(block, "rotate") && (block.base === this.#base.hash || this.#rules.rotatesOutliveTheirBase)
		);
		const chain = keyChain({ key, turn, rotates, most, rules: this.#rules });
		this.#chains.set(id, chain);
		for (const rotate of [...chain.rotates, ...chain.rivals]) this.#kept.add(rotate);
		return chain;
	}

	#keepLog(id: Id, log: Log): void {
		this.#logs.set(id, log);
		for (const block of log.blocks) this.#kept.add(block);
	}

	/** Every removal that is here counts, for good, covered or not: only an opening brings an id back. */
	#remove(): void {
		const owners = this.#ownerIds;
		const all = [...this.#carried.values(), ...[...this.#logs.values()].map(({ blocks }) => blocks)].flat();
		for (const block of all) {
			if (!isOf(block, "remove")) continue;
			for (const id of block.body.targets.slice(0, limits.targets))
				if (!owners.has(id) || !this.#rules.removalOfOwnersIsVoid) this.#removed.add(id);
		}
	}

	/** What owners give, before anybody else's log is looked at. */
	#ownersGives(): Block[] {
		return [...this.#logs].flatMap(([id, log]) =>
			(this.#chains.get(id)?.rivals.length ?? 0) > 0
				? []
				: log.blocks.filter(({ hash }) => !log.unsettled.has(hash))
		);
	}

	#confirmedBy(gives: readonly Block[]): Map<Id, number> {
		const found = new Map<Id, number>();
		for (const block of gives) {
			if (!isOf(block, "confirm")) continue;
			const { target, guards } = block.body;
			found.set(target, (found.get(target) ?? 0) | guards);
		}
		return found;
	}

	#mayJoin({ number, id, sponsor }: Statement, author: Id): boolean {
		const base = this.#base;
		const isFresh = number === base.number || number + 1 === base.number;
		return (
			(sponsor === author ||
				this.#members.get(author)?.rank === "owner" ||
				!this.#rules.statementsNameTheSponsor) &&
			(isFresh || !this.#rules.statementsExpire) &&
			!this.#hasRow(id) &&
			(!this.#removed.has(id) || !this.#rules.removalIsFinal)
		);
	}

	/** A provisional member whose sponsor is gone has none: another may add it. */
	#hasRow(id: Id): boolean {
		const row = this.#rows.get(id);
		return row !== undefined && !this.#isOut(row);
	}

	#isOut(row: Row): boolean {
		if (row.rank !== "provisional" || this.#confirmed.has(row.id)) return false;
		if (!this.#rules.provisionalFallWithSponsor) return false;
		const sponsor = this.#rowOf(row.sponsor);
		if (sponsor === undefined || this.#removed.has(sponsor.id)) return true;
		return sponsor.rank === "provisional" && !this.#confirmed.has(sponsor.id);
	}

	/** The table's. */
	#rowOf(id: Id | undefined): Row | undefined {
		return this.#base.table.rows.find(row => row.id === id);
	}

	/** Those that have effect, the first of each id. */
	#adds(blocks: readonly Block[]): { statement: Statement; block: Block }[] {
		const found = new Map<Id, { statement: Statement; block: Block }>();
		for (const block of [...blocks].sort(bySequence)) {
			if (!isOf(block, "add")) continue;
			const { statement } = block.body;
			if (!this.#mayJoin(statement, block.author) || this.#members.has(statement.id)) continue;
			if (!found.has(statement.id)) found.set(statement.id, { statement, block });
		}
		return [...found.values()];
	}

	/** The adds of members: of each the first, as many as it may sponsor; of several of one id the first. */
	#membersAdds(provisional: readonly Row[]): { statement: Statement; block: Block }[] {
		const chosen: Block[] = [];
		for (const { id, rank, frozen } of this.#members.values()) {
			if (rank === "owner" || frozen) continue;
			if (rank === "provisional" && this.#rules.provisionalSponsorNobody) continue;
			const log = this.#logs.get(id) ?? noLog;
			const blocks = log.blocks.filter(({ hash }) => !log.unsettled.has(hash));
			const has = provisional.filter(row => row.sponsor === id).length;
			const most = this.#rules.sponsorLimit ? Math.max(0, limits.sponsored - has) : Number.POSITIVE_INFINITY;
			const adds = this.#rules.removedDoNotCountAsSponsored
				? this.#adds(blocks).map(({ block }) => block)
				: blocks.filter(block => isOf(block, "add"));
			chosen.push(...adds.slice(0, most));
		}
		return this.#adds(chosen);
	}

	#admitProvisional(rows: readonly Row[]): void {
		for (const row of rows) if (!this.#isOut(row)) this.#keepAndAdmit(row, "provisional", limits.leastPlaces);
	}

	#profile(statement: Statement, { author }: Block): Profile {
		const byOwner = this.#members.get(author)?.rank === "owner";
		const guards = byOwner ? guardsIn(statement.types) : 0;
		const { id, key, name, types } = statement;
		return { id, key, turn: 0, frozen: false, sponsor: author, name, types, guards };
	}

	#keepAndAdmit(profile: Profile, rank: "member" | "provisional", places: number): void {
		if (this.#members.size >= limits.members) return;
		const { id, frozen } = profile;
		if (!frozen) {
			const chain = this.#follow(profile, limits.memberTurns);
			const blocks = this.#byAuthor.get(id) ?? [];
			if (chain.rivals.length === 0)
				this.#keepLog(
					id,
					selectLog({
						base: this.#base,
						chain,
						blocks,
						places,
						isOwner: false,
						maySponsor: rank === "member" || !this.#rules.provisionalSponsorNobody,
						rules: this.#rules
					})
				);
		}
		this.#admit(profile, rank);
	}

	/** Enters a member as its own log describes it. */
	#admit(profile: Profile, rank: Member["rank"]): void {
		const { id } = profile;
		const chain = this.#chains.get(id);
		const log = this.#logs.get(id);
		const frozen = profile.frozen || (chain !== undefined && chain.rivals.length > 0);
		const key = chain?.keys[chain.keys.length - 1] ?? profile.key;
		const turn = profile.turn + (chain?.rotates.length ?? 0);
		let { name, types } = profile;
		for (const block of frozen || log === undefined ? [] : described(log)) {
			name = block.body.name;
			types = typesAfter(types, block.body.types, this.#rules);
		}
		const guards = this.#rules.guardsNeedAnOwner ? profile.guards : guardsIn(types);
		this.#members.set(id, { id, rank, key, turn, frozen, sponsor: profile.sponsor, name, types, guards });
	}

	#judgement(): Judgement {
		const owners = [...this.#members.values()].filter(({ rank }) => rank === "owner");
		const { grants, demands } = rightsOf({
			base: this.#base,
			logs: new Map(owners.map(({ id }) => [id, this.#logs.get(id) ?? noLog])),
			frozen: new Set(owners.filter(({ frozen }) => frozen).map(({ id }) => id)),
			carried: this.#carried,
			isMember: id => this.#members.has(id),
			rules: this.#rules
		});
		return {
			kept: this.#kept,
			logs: this.#logs,
			chains: this.#chains,
			carried: this.#carried,
			members: this.#members,
			removed: this.#removed,
			grants,
			demands,
			equivocations: new Map([...this.#logs].map(([id, { blocks }]) => [id, twice(blocks)]))
		};
	}
}

const noLog: Log = { blocks: [], unsettled: new Set(), ended: new Set() };

/** A bit for each device that there is. */
const guardsIn = (types: readonly number[]): number =>
	types.reduce((bits, type, device) => (type > 0 ? bits | (1 << device) : bits), 0);

/** The describes up to the one that counts, in order: the highest sequence, then the lowest hash. */
function described({ blocks, unsettled }: Log): BlockOf<"describe">[] {
	const all = blocks.filter(
		(block): block is BlockOf<"describe"> => isOf(block, "describe") && !unsettled.has(block.hash)
	);
	const [last] = [...all].sort((a, b) => b.sequence - a.sequence || a.hash - b.hash);
	if (last === undefined) return [];
	const found: BlockOf<"describe">[] = [];
	for (let at: Block | undefined = last; at !== undefined; ) {
		if (isOf(at, "describe")) found.unshift(at);
		const { previous }: Block = at;
		at = previous === undefined ? undefined : blocks.find(({ hash }) => hash === previous);
	}
	return found;
}

function twice(blocks: readonly Block[]): number[] {
	const sequences = blocks.map(({ sequence }) => sequence);
	return [...new Set(sequences.filter((sequence, at) => sequences.indexOf(sequence) !== at))];
}

export const judge = (base: Base, opening: Base, blocks: Iterable<Block>, rules: Rules): Judgement =>
	new Judge({ base, opening, blocks, rules }).judge();
