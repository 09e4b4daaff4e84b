import { compareBytes, equalBytes } from "../bytes/bytes.js";
import type { Policy } from "./body.js";

/** Most policies of a home that have effect. */
export const policiesLimit = 32;

/** One of the things that policies ask: what of it a policy asks, or undefined. */
export type Asked = (policy: Policy) => Policy | undefined;

/** That two members unlock. */
export const asksTwoOf: Asked = ({ node, device, asksTwo }) =>
	asksTwo ? { node, device, asksTwo, autoLock: null } : undefined;

/** That it locks itself. */
export const autoLockOf: Asked = ({ node, device, autoLock }) =>
	autoLock === null ? undefined : { node, device, asksTwo: false, autoLock };

/** Whether both are about one device, or both about all of one node. */
export function isSameDevice(
	a: Pick<Policy, "node" | "device">,
	b: Pick<Policy, "node" | "device">
): boolean {
	return a.device === b.device && equalBytes(a.node, b.node);
}

/** What asks for all that both ask for, of the device of the first: of several values the strictest. */
export function strictestOf(a: Policy, b: Policy): Policy {
	const isSooner = a.autoLock !== null && (b.autoLock === null || a.autoLock < b.autoLock);
	const { node, device } = a;
	return { node, device, asksTwo: a.asksTwo || b.asksTwo, autoLock: isSooner ? a.autoLock : b.autoLock };
}

/** Adds a policy to those that there are, in the order of nodes and devices; beyond the limit it is not added. */
export function addPolicy(policies: Policy[], policy: Policy): void {
	let at = 0;
	while (at < policies.length && comparePolicies(policies[at], policy) < 0) at += 1;
	if (at < policies.length && comparePolicies(policies[at], policy) === 0) {
		policies[at] = strictestOf(policies[at], policy);
	} else if (policies.length < policiesLimit) policies.splice(at, 0, policy);
}

/** The order in which a table has them: all of a node's devices before each of them. */
function comparePolicies(a: Policy, b: Policy): number {
	return compareBytes(a.node, b.node) || (a.device ?? -1) - (b.device ?? -1);
}
