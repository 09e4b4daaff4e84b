import { equalBytes } from "../bytes/bytes.js";
import type { Chain, Member } from "../chain/chain.js";
import type { Cancel } from "../clock/clock.js";
import { type Action, actions, type Device } from "../devices/devices.js";
import type { Freshness } from "./freshness.js";
import type { Suite } from "./suite.js";
import type { TaskJudge } from "./tasks.js";

/**
 * Most that wait at once of those who may not unlock as far as this node knows: their grant may be on its way here, but who
 * waits keeps one of the few places for requests.
 */
const hopefulLimit = 3;

export interface DoorkeeperOptions {
	readonly chain: Chain;
	readonly suite: Pick<Suite, "guardsLocks">;
	readonly device: Pick<Device, "type">;
	readonly freshness: Pick<Freshness, "before">;
	/** This node's id. */
	readonly id: Uint8Array;
	/** Whether this node has known somebody as removed in this era: see `OnceRemoved`. */
	readonly wasRemoved: (id: Uint8Array) => boolean;
	readonly report: (text: string) => void;
}

/** Who may have this node's device do what. */
export class Doorkeeper implements TaskJudge {
	readonly #options: DoorkeeperOptions;
	/** How many wait who may not unlock as far as is known. */
	#hopeful = 0;

	constructor(options: DoorkeeperOptions) {
		this.#options = options;
	}

	/** A lock looks first whether the asker may still unlock, whatever its rank: it may have been removed meanwhile. */
	before(action: Action, from: Member, judge: () => void): Cancel {
		const { suite, device, freshness, chain, report } = this.#options;
		const isGuarded = suite.guardsLocks && device.type === "lock";
		if (!isGuarded || action !== "unlock") {
			judge();
			return () => undefined;
		}
		const isHopeful = this.refusal(action, from) !== undefined;
		if (isHopeful && this.#hopeful >= hopefulLimit) {
			judge();
			return () => undefined;
		}
		let count = isHopeful ? 1 : 0;
		const leave = () => {
			this.#hopeful -= count;
			count = 0;
		};
		this.#hopeful += count;
		const cancel = freshness.before(from.idText, finding => {
			leave();
			if (finding === "silent") {
				report(`nobody else answers: ${chain.members.label(from)} is judged by what this node knows`);
			}
			judge();
		});
		return () => {
			leave();
			cancel();
		};
	}

	/** Unlocking needs a grant, or an owner's rank, where the suite knows for sure who asks. */
	refusal(action: Action, from: Member): string | undefined {
		const { suite, chain, id, wasRemoved } = this.#options;
		if (!suite.guardsLocks) return undefined;
		// It may have waited for the judgement, and be no member any more.
		const member = chain.members.get(from.idText);
		if (member === undefined) return "not a member";
		if (action !== "unlock") return undefined;
		// Or it asked with a key that was given up meanwhile: whoever has that is not to open a door.
		if (!equalBytes(member.key, from.key)) return "asked with a key that was given up";
		if (!member.isOwner && wasRemoved(member.id)) return "was removed";
		const { isProvisional, sponsor } = member;
		if (isProvisional && sponsor !== null && wasRemoved(sponsor)) return "admitted by who was removed";
		if (chain.members.may(member, actions.indexOf(action), id)) return undefined;
		return "not granted";
	}
}
