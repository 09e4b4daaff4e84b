import {
	type AddBody,
	type Block,
	BlockError,
	type Chain,
	homeIdOf,
	Kind,
	type Member,
	membersLimit,
	nodeIdOf,
	provisionalLimit,
	sameId,
	statementBytes
} from "../chain/chain.js";
import { Code } from "../coap/coap.js";
import { isPublicKey, signEs256, verifyEs256 } from "../crypto/crypto.js";
import { deviceTypes, typeName } from "../devices/devices.js";
import { nameFault } from "../names/names.js";
import type { Identity } from "./identity.js";
import type { Issuer } from "./issuer.js";
import { MessageError } from "./notation.js";
import { givenName, takenFault } from "./targets.js";

/** What a node says of itself when it wants to join, signed for one sponsor. */
export type Applicant = Omit<AddBody, "kind" | "sponsor">;

/** Why an applicant is not admitted, with the CoAP code of the answer. */
export class AdmissionError extends Error {
	override readonly name = "AdmissionError";
	readonly code: number;

	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

/** For which sponsor a joiner makes its statement, and under which base. */
export interface Place {
	/** The sponsor's node id, 16 bytes. */
	readonly sponsor: Uint8Array;
	/** The era's id, 16 bytes. */
	readonly era: Uint8Array;
	/** The number of the sponsor's base. */
	readonly number: number;
}

/** What this node says of itself to the sponsor that it asks. `tag`: of their exchange, 8 bytes. */
export function applicantOf(
	identity: Pick<Identity, "name" | "type" | "publicKey" | "privateKey">,
	place: Place,
	tag: Uint8Array
): Applicant {
	const { name, type, publicKey: key, privateKey } = identity;
	const { sponsor, era, number } = place;
	const said = { number, tag, name, types: Uint8Array.of(type), key };
	const signature = signEs256(privateKey, statementBytes(era, { ...said, sponsor }));
	return { ...said, signature };
}

/** Throws an AdmissionError for a name that nobody can have, and a MessageError for what else cannot be a member. */
export function checkApplicant({ name, types, key }: Pick<Applicant, "name" | "types" | "key">): void {
	const fault = nameFault(name);
	if (fault !== undefined) throw new AdmissionError(Code.Conflict, fault);
	if (types.some(type => deviceTypes[type] === undefined)) throw new MessageError("no such device type");
	if (!isPublicKey(key)) throw new MessageError("the key is no point of P-256");
}

/**
 * Makes an applicant a member by a block, stored before anyone hears of it. The same key gets the same block, so that a
 * lost answer costs a retry and never makes a second member; undefined where a base made it a member, which needs none.
 * What the applicant signed was checked before: see `isStatedFor`.
 * Throws an AdmissionError, and a StoreError when the block cannot be kept.
 */
export function admit(options: { chain: Chain; identity: Identity; issuer: Issuer; applicant: Applicant }): {
	block: Block | undefined;
	isNew: boolean;
} {
	const { chain, identity, issuer, applicant } = options;
	const id = nodeIdOf(applicant.key);
	if (chain.members.get(id) !== undefined) return { block: addOf(chain, id), isNew: false };
	const sponsor = chain.members.get(identity.id);
	if (sponsor === undefined)
		throw new AdmissionError(Code.ServiceUnavailable, "this node is no member itself");
	checkPlace(chain, sponsor, applicant);
	try {
		const block = issuer.issue(() => ({ kind: Kind.add, ...applicant, sponsor: null }));
		return { block, isNew: true };
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
		throw new AdmissionError(Code.ServiceUnavailable, error.message);
	}
}

/** Throws an AdmissionError where an add of the applicant would have no effect. */
function checkPlace(chain: Chain, { id: author, isOwner }: Member, applicant: Applicant): void {
	const { members } = chain;
	const { name, key, number } = applicant;
	if (members.isRemoved(nodeIdOf(key))) throw new AdmissionError(Code.NotFound, "this node was removed");
	const taken = takenFault(chain, name);
	if (taken !== undefined) throw new AdmissionError(Code.Conflict, taken);
	if (members.size >= membersLimit) {
		throw new AdmissionError(Code.ServiceUnavailable, `the home is full: ${membersLimit} members`);
	}
	const fault = sponsorFault(chain, author);
	if (fault !== undefined) throw new AdmissionError(Code.ServiceUnavailable, fault);
	if (number !== chain.checkpoint && number + 1 !== chain.checkpoint) {
		throw new AdmissionError(Code.ServiceUnavailable, "the home has another checkpoint by now; try again");
	}
	if (isOwner) return;
	let own = 0;
	for (const { isProvisional: waits, sponsor } of members.roster) {
		if (waits && sponsor !== null && sameId(sponsor, author)) own += 1;
	}
	if (own >= provisionalLimit) {
		const text = `this member has admitted ${provisionalLimit} whom no owner has confirmed yet`;
		throw new AdmissionError(Code.ServiceUnavailable, text);
	}
}

/** The add by which a node is a member; undefined where a base made it one. */
function addOf(chain: Chain, id: Uint8Array): Block | undefined {
	for (let number = 0; number < chain.length; number += 1) {
		if (chain.isAdmission(number) && sameId(chain.subjectAt(number), id)) return chain.blockAt(number);
	}
	return undefined;
}

/** Whether a block makes the owner of this identity a member of its home, as far as a block alone can. */
export function admits({ body, era, hash }: Block, identity: Identity): boolean {
	if (body.kind === Kind.genesis) {
		return sameId(body.key, identity.publicKey) && sameId(homeIdOf(hash), identity.home);
	}
	return body.kind === Kind.add && sameId(body.key, identity.publicKey) && era.length > 0;
}

/** What a person reads of a new member. */
export function admittedText(chain: Chain, applicant: Applicant): string {
	const [type = 0] = applicant.types;
	const isProvisional = chain.members.get(nodeIdOf(applicant.key))?.isProvisional === true;
	const rank = isProvisional ? "; an owner has to confirm it" : "";
	return `admitted ${givenName(chain, applicant)} (${typeName(type)})${rank}`;
}

/** Why a node admits nobody, or undefined. */
export function sponsorFault(chain: Chain, id: Uint8Array): string | undefined {
	const member = chain.members.get(id);
	if (member === undefined) return "this node is no member";
	if (member.isFrozen) return "two keys claim to be this node's";
	if (member.isProvisional) return "this node admits nobody before an owner has confirmed it";
	// An owner's node makes room itself.
	if (member.isOwner || chain.roomOf(id) > 0) return undefined;
	return "this node has said as much as it may: an owner's checkpoint makes room";
}

/** Whether an applicant has signed what it says of itself for `sponsor` and this era; one signature is checked. */
export function isStatedFor({ era }: Chain, sponsor: Uint8Array, applicant: Applicant): boolean {
	return verifyEs256(applicant.key, statementBytes(era, { ...applicant, sponsor }), applicant.signature);
}
