import {
	type Block,
	BlockError,
	type Chain,
	idLength,
	Kind,
	membersLimit,
	nameFault,
	nodeIdOf,
	sameId
} from "../chain/chain.js";
import { Code } from "../coap/coap.js";
import { isPublicKey } from "../crypto/crypto.js";
import { deviceTypes } from "../devices/devices.js";
import type { Identity } from "./identity.js";
import { MessageError } from "./notation.js";

/** What a node says of itself when it wants to join. */
export interface Applicant {
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
}

/** Why an applicant is not admitted, with the CoAP code of the answer. */
export class AdmissionError extends Error {
	override readonly name = "AdmissionError";
	readonly code: number;

	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

/** Throws a MessageError for what cannot be a member. */
export function checkApplicant({ name, type, key }: Applicant): void {
	const fault = nameFault(name);
	if (fault !== undefined) throw new MessageError(fault);
	if (deviceTypes[type] === undefined) throw new MessageError("no such device type");
	if (!isPublicKey(key)) throw new MessageError("the key is no point of P-256");
}

/**
 * The block that makes an applicant a member, stored before anyone hears of it. The same key gets the same block, so
 * that a lost answer costs a retry and never makes a second member. Throws an AdmissionError, and a StoreError when
 * the block cannot be kept.
 */
export function admit(options: {
	chain: Chain;
	identity: Identity;
	time: number | null;
	applicant: Applicant;
}): { block: Block; isNew: boolean } {
	const { chain, identity, time, applicant } = options;
	const id = nodeIdOf(applicant.key);
	const known = blockOf(chain, applicant.key);
	if (known !== undefined) return { block: known, isNew: false };
	if (chain.members.isRemoved(id)) throw new AdmissionError(Code.Forbidden, "this node was removed");
	// A member whose add a checkpoint covers gets another, which changes nothing.
	const isNew = chain.members.get(id) === undefined;
	if (isNew && chain.members.named(applicant.name).length > 0) {
		throw new AdmissionError(Code.Conflict, `the name "${applicant.name}" is taken`);
	}
	if (isNew && chain.members.size >= membersLimit) {
		throw new AdmissionError(Code.ServiceUnavailable, `the home is full: ${membersLimit} members`);
	}
	const { id: author, privateKey } = identity;
	try {
		const block = chain.issue({ author, privateKey, time, body: { kind: Kind.add, ...applicant } });
		return { block, isNew };
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
		throw new AdmissionError(Code.ServiceUnavailable, error.message);
	}
}

/** The block that made the owner of a key a member. */
function blockOf(chain: Chain, key: Uint8Array): Block | undefined {
	if (chain.members.get(nodeIdOf(key)) === undefined) return undefined;
	for (let number = 0; number < chain.length; number += 1) {
		if (chain.kindAt(number) > Kind.add || !chain.countsAt(number)) continue;
		const block = chain.blockAt(number);
		const { body } = block;
		if ((body.kind === Kind.add || body.kind === Kind.genesis) && sameId(body.key, key)) return block;
	}
	return undefined;
}

/** Whether a block makes the owner of this identity a member of its home. */
export function admits({ body, home, hash }: Block, identity: Identity): boolean {
	if (body.kind === Kind.genesis) {
		return sameId(body.key, identity.publicKey) && sameId(hash.subarray(0, idLength), identity.home);
	}
	return body.kind === Kind.add && sameId(body.key, identity.publicKey) && sameId(home, identity.home);
}
