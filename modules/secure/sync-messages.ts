import { concat, encodeUtf8 } from "../bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decode,
	encode,
	Items,
	isArray,
	isBytes,
	isInteger
} from "../cbor/cbor.js";
import { idLength, tagLength, typesIn } from "../chain/chain.js";
import { ccmOpen, ccmSeal, hkdfExpand, isPublicKey } from "../crypto/crypto.js";
import { type Applicant, MessageError } from "../node/node.js";

/** Bytes of a share, a point uncompressed. */
const shareLength = 65;
const confirmationLength = 32;
const keyLength = 16;
/** Each key seals one message, so that the nonce can be the same. */
const nonce = 13;

/** What a sponsor tells a node that it has admitted. */
export interface Welcome {
	/** The block, as it is stored and sent; null where a base made the node a member. */
	readonly block: Uint8Array | null;
	/** The sponsor's node id, 16 bytes, and public key, 33 bytes. */
	readonly sponsor: Uint8Array;
	readonly sponsorKey: Uint8Array;
	/** Hash of the genesis block, 32 bytes. */
	readonly genesis: Uint8Array;
}

/** SPAKE2+'s context and names: who has another home, rounds or record in mind comes to another key. */
export function setting(home: Uint8Array, rounds: number, recordVersion: number) {
	const numbers = new Uint8Array(8);
	new DataView(numbers.buffer).setUint32(0, rounds);
	new DataView(numbers.buffer).setUint32(4, recordVersion);
	const context = concat(encodeUtf8("verifichain 1"), home, numbers);
	return { context, idProver: new Uint8Array(0), idVerifier: home };
}

/** The first request of a synchronization: shareP. */
export function writeShare(shareP: Uint8Array): Uint8Array {
	return encode([shareP]);
}

/**
 * The answer to it: shareV, confirmV, and the number of the sponsor's base now, which the joiner names in its statement: the
 * one that was announced may be another by then.
 */
export function writeAnswer(shareV: Uint8Array, confirmV: Uint8Array, number: number): Uint8Array {
	return encode([shareV, confirmV, number]);
}

/** Throws a MessageError. */
export function readAnswer(payload: Uint8Array): {
	shareV: Uint8Array;
	confirmV: Uint8Array;
	number: number;
} {
	const [shareV, confirmV, number] = items(payload, 3);
	if (!isInteger(number, 0, 0xffff_ffff)) throw new MessageError("not a number");
	return { shareV: bytes(shareV, shareLength), confirmV: bytes(confirmV, confirmationLength), number };
}

/** The second request: confirmP, and the applicant under a key of the exchange. */
export function writeApplication(
	confirmP: Uint8Array,
	applicant: Applicant,
	sharedKey: Uint8Array
): Uint8Array {
	const { number, name, types, key, signature } = applicant;
	return encode([confirmP, seal(sharedKey, "joiner", encode([number, name, types, key, signature]))]);
}

/** The first or the second request of a synchronization. Throws a MessageError. */
export function readRequest(
	payload: Uint8Array
): { shareP: Uint8Array } | { confirmP: Uint8Array; sealed: Uint8Array } {
	const value = items(payload);
	if (value.length === 1) return { shareP: bytes(value[0], shareLength) };
	const [confirmP, sealed] = value;
	if (!isBytes(sealed)) throw new MessageError("no sealed part");
	return { confirmP: bytes(confirmP, confirmationLength), sealed };
}

/** Throws a MessageError. */
export function openApplicant(sealed: Uint8Array, sharedKey: Uint8Array): Applicant {
	const value = items(open(sharedKey, "joiner", sealed), 5);
	try {
		const said = new Items({ value, what: "an applicant", count: 5 });
		return {
			number: said.integer(0, 0xffff_ffff),
			tag: statementTag(sharedKey),
			name: said.text(),
			types: typesIn(said),
			key: said.bytes(33),
			signature: said.bytes(64)
		};
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new MessageError(error.message);
	}
}

/** What a joiner's statement carries of the exchange, so that it is of use in this one alone: 8 bytes. */
export function statementTag(sharedKey: Uint8Array): Uint8Array {
	return hkdfExpand(sharedKey, encodeUtf8("statement"), tagLength);
}

/** The answer to the second request, under another key of the exchange. */
export function sealWelcome(
	{ block, sponsor, sponsorKey, genesis }: Welcome,
	sharedKey: Uint8Array
): Uint8Array {
	return seal(sharedKey, "sponsor", encode([block, sponsor, sponsorKey, genesis]));
}

/** Throws a MessageError. */
export function openWelcome(payload: Uint8Array, sharedKey: Uint8Array): Welcome {
	const [block, sponsor, sponsorKey, genesis] = items(open(sharedKey, "sponsor", payload), 4);
	if (block !== null && !isBytes(block)) throw new MessageError("no block");
	if (!isBytes(sponsorKey) || !isPublicKey(sponsorKey)) throw new MessageError("the sponsor's key is none");
	return {
		block,
		sponsor: bytes(sponsor, idLength),
		sponsorKey,
		genesis: bytes(genesis, 32)
	};
}

/** Why who knows the password is not admitted all the same, under a third key of the exchange. */
export function sealRefusal(code: number, text: string, sharedKey: Uint8Array): Uint8Array {
	return seal(sharedKey, "refusal", encode([code, text]));
}

/** What a sponsor has sealed as its refusal with this code; undefined for what it has not. */
export function openRefusal(payload: Uint8Array, code: number, sharedKey: Uint8Array): string | undefined {
	try {
		const [sealedCode, text] = items(open(sharedKey, "refusal", payload), 2);
		return sealedCode === code && typeof text === "string" ? text : undefined;
	} catch (error) {
		if (!(error instanceof MessageError)) throw error;
		return undefined;
	}
}

function seal(sharedKey: Uint8Array, use: string, plaintext: Uint8Array): Uint8Array {
	const key = hkdfExpand(sharedKey, encodeUtf8(use), keyLength);
	const sealed = ccmSeal({ key, nonce: new Uint8Array(nonce), aad: new Uint8Array(0), plaintext });
	key.fill(0);
	return sealed;
}

function open(sharedKey: Uint8Array, use: string, ciphertext: Uint8Array): Uint8Array {
	const key = hkdfExpand(sharedKey, encodeUtf8(use), keyLength);
	const plaintext = ccmOpen({ key, nonce: new Uint8Array(nonce), aad: new Uint8Array(0), ciphertext });
	key.fill(0);
	if (plaintext === undefined) throw new MessageError("it does not open");
	return plaintext;
}

function items(payload: Uint8Array, count?: number): readonly CborValue[] {
	let value: CborValue;
	try {
		value = decode(payload);
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new MessageError(`not a message: ${error.message}`);
	}
	if (!isArray(value) || (count !== undefined && value.length !== count))
		throw new MessageError("not a message");
	return value;
}

function bytes(value: CborValue, length: number): Uint8Array {
	if (!isBytes(value, length)) throw new MessageError(`not ${length} bytes`);
	return value;
}
