import { equalBytes, toHex } from "../bytes/bytes.js";
import { type Block, type Chain, type IdText, Kind } from "../chain/chain.js";
import type { Identity } from "./identity.js";
import { standingFault } from "./standing.js";
import { givenName } from "./targets.js";

interface Era {
	readonly number: number;
	/** The hash of the block that opened it. */
	readonly opening: Uint8Array;
}

function eraOf({ base }: Chain): Era | undefined {
	return base && { number: base.era, opening: base.opening };
}

/** What a person is told of what others of the home have done. */
export class HomeNews {
	readonly #options: { readonly chain: Chain; readonly report: (text: string) => void };
	/** The era, as it was before the last change: not its base, whose table a board has no room for when it rules no more. */
	#era: Era | undefined;
	/** Whether it was told that this node is out with its sponsor. */
	#isOutTold = false;
	/** What was told of why nobody listens to this node. */
	#standing: string | undefined;
	/** Whether it was told that a checkpoint of this era is strange. */
	#isAlarmTold = false;

	constructor(options: { chain: Chain; report: (text: string) => void }) {
		this.#options = options;
		this.#era = eraOf(options.chain);
	}

	/** Two openings of one era: somebody else has the recovery key, or it was used on two sides of a home that was cut in two. */
	seeEra(): void {
		const before = this.#era;
		const now = eraOf(this.#options.chain);
		this.#era = now;
		if (before === undefined || now === undefined || now.number !== before.number) return;
		if (equalBytes(now.opening, before.opening)) return;
		const text = `era ${now.number} of the home was opened twice, and what counts from now on is not what was here`;
		this.#options.report(`${text}: see "members"; if that is not yours, use the recovery key again`);
	}

	/**
	 * `goneSponsor`: with whom this node is out, where it is. Not its end: an owner may have confirmed it, and this node has not
	 * heard of it yet.
	 */
	seeSponsor(goneSponsor: string | undefined): void {
		const isOut = goneSponsor !== undefined;
		if (isOut === this.#isOutTold) return;
		this.#isOutTold = isOut;
		const { report } = this.#options;
		if (!isOut) report("an owner has confirmed this node: it is in the home");
		else {
			const why = `${goneSponsor}, which admitted it, was removed, and no owner is known to have confirmed it`;
			report(`this node is out of the home: ${why}; "reset" this node and ask an owner to invite it`);
		}
	}

	/** Why nobody listens to this node although nobody removed it, or that they do again. */
	seeStanding(identity: Identity): void {
		const { chain, report } = this.#options;
		const text = standingFault(chain, identity);
		if (text === this.#standing) return;
		this.#standing = text;
		report(text ?? "this node is in the home again");
	}

	/** A block came from a member. */
	received({ body, hash }: Block, from: IdText): void {
		const { chain, report } = this.#options;
		const sender = chain.members.directory.labelOf(from);
		if (body.kind === Kind.add) report(`learned of ${givenName(chain, body)} from ${sender}`);
		else if (body.kind === Kind.checkpoint) {
			report(`took over checkpoint ${body.number} from ${sender}`);
			if (chain.alarm && !this.#isAlarmTold)
				report("it says otherwise than this node's blocks: see SECURITY.md");
			this.#isAlarmTold = chain.alarm;
		} else if (body.kind === Kind.genesis) report(`received the genesis block of the home from ${sender}`);
		else if (body.kind === Kind.opening)
			report(
				`${sender} has a new era of the home, opened with the recovery key, and what was here before counts no more: see "members"; if that is not yours, use the recovery key again`
			);
		else report(`received block ${toHex(hash.subarray(0, 4))} from ${sender}`);
	}
}
