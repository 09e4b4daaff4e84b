import { equalBytes } from "../bytes/bytes.js";

/** That a member may have a device do something, or that this was taken back. */
export interface Grant {
	/** The action's number. */
	readonly action: number;
	/** The device that it is for, 8 bytes, or null for all. */
	readonly device: Uint8Array | null;
	/** False takes the grant back. */
	readonly granted: boolean;
}

/** What a member's grants come to after one more: the last in order wins, so what it covers goes. */
export function withGrant(grants: readonly Grant[], grant: Grant): readonly Grant[] {
	const { action, device, granted } = grant;
	const kept = grants.filter(
		other => other.action !== action || !(device === null || sameDevice(other.device, device))
	);
	// Taking back what is not granted otherwise leaves nothing to say.
	const isNeeded = granted || kept.some(other => other.action === action && other.device === null);
	return isNeeded ? [...kept, grant] : kept;
}

/** Whether the last grant for this action and device grants it. */
export function isGranted(grants: readonly Grant[], action: number, device: Uint8Array): boolean {
	let result = false;
	for (const grant of grants) {
		if (grant.action !== action) continue;
		if (grant.device === null || equalBytes(grant.device, device)) result = grant.granted;
	}
	return result;
}

function sameDevice(a: Uint8Array | null, b: Uint8Array): boolean {
	return a !== null && equalBytes(a, b);
}
