import { equalBytes } from "../bytes/bytes.js";
import type { Cancel } from "../clock/clock.js";
import type { SecurityContext } from "./context.js";
import type { RenewalClient } from "./renewal-client.js";
import { unwrapNonces } from "./stored-secret.js";

/** The contexts with one peer. */
export interface Peer {
	/** What both sides are known to have; renewed only by a context of which that is known too. */
	live: SecurityContext | undefined;
	/** Whether the peer has asked or answered under it. */
	settled: boolean;
	/** The one before. When both sides renew at once, each may have another one as `live`. */
	previous: SecurityContext | undefined;
	/** Fresh keys being asked for. */
	run: RenewalClient | undefined;
	expiry: Cancel | undefined;
	/** An error in the clear says that the peer has not what is live: fresh keys are tried first. */
	doubted: boolean;
	/** When the last run began. */
	begun: number;
	/** Whether the peer had what the last run was for. */
	isCompleted: boolean;
	/** Whether a person has waited for what goes under them, here or at the peer. */
	awaited: boolean;
}

export function newPeer(): Peer {
	return {
		live: undefined,
		settled: false,
		previous: undefined,
		run: undefined,
		expiry: undefined,
		doubted: false,
		begun: Number.NEGATIVE_INFINITY,
		isCompleted: false,
		awaited: false
	};
}

/** Whether something rests on them that is under way. */
export function isInUse({ live, previous, run }: Peer): boolean {
	return [live, previous, run?.context, run?.target].some(context => context?.isInUse === true);
}

/** Whether a person may be about to wait for what goes under them again: those of a switch and its lamp, mostly. */
export function isAwaited({ awaited, live }: Peer): boolean {
	return awaited || live?.freshness.hasServed === true;
}

/** By kid, and by kid context where the request has one. */
export function matches(
	context: SecurityContext,
	kid: Uint8Array,
	kidContext: Uint8Array | undefined
): boolean {
	if (!equalBytes(context.recipientId, kid)) return false;
	if (kidContext === undefined) return true;
	const { idContext } = context;
	if (idContext === undefined) return false;
	return equalBytes(idContext, unwrapNonces(kidContext) ?? kidContext);
}
