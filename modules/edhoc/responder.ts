import { equalBytes } from "../bytes/bytes.js";
import { type CborValue, encode, encodeSequence } from "../cbor/cbor.js";
import {
	guardSteps,
	hkdfExtract,
	multiplyBase,
	Secrets,
	type Steps,
	sha256,
	sharedX
} from "../crypto/crypto.js";
import { isProven, nextKey, prove } from "./authentication.js";
import { type EadItem, eadValues, parseEad } from "./ead.js";
import { EdhocError, OrderError } from "./edhoc-error.js";
import { identifierValue } from "./identifier.js";
import {
	crypt2,
	exporterKey,
	label,
	type MessageKey,
	messageKey3,
	messageKey4,
	nextTranscript,
	transcript2
} from "./key-schedule.js";
import { encodeMessage2, type Message1, parseMessage1, parseSealed } from "./messages.js";
import { initiatorSigns, type Method, responderSigns } from "./method.js";
import { Party, type PartyOptions } from "./party.js";
import { encodePlaintext2, parsePlaintext3 } from "./plaintexts.js";
import { Session } from "./session.js";
import { checkSelected } from "./suites.js";

export interface ResponderOptions extends PartyOptions {
	/** The methods that an initiator may choose; [0] unless given. */
	readonly methods?: readonly Method[];
	/**
	 * Chooses C_R: what the initiator is to call us, our OSCORE Recipient ID. It must differ from C_I, which is
	 * given (RFC 9528, section 3.3.3).
	 */
	readonly connectionId: (peerConnectionId: Uint8Array) => Uint8Array;
	readonly ead2?: readonly EadItem[];
	readonly ead4?: readonly EadItem[];
}

/** What `answer` leaves. */
interface Answered {
	readonly method: Method;
	readonly connectionId: Uint8Array;
	readonly peerConnectionId: Uint8Array;
	readonly prk3e2m: Uint8Array;
	readonly th3: Uint8Array;
	readonly key3: MessageKey;
}

/**
 * The side that answers (RFC 9528, section 5), for one run of EDHOC: `answer` makes message_2 of message_1,
 * `finish` takes message_3 and gives message_4 and the session. A message that is refused changes nothing, as
 * with the Initiator.
 */
export class Responder extends Party {
	readonly #methods: readonly Method[];
	readonly #connectionId: (peerConnectionId: Uint8Array) => Uint8Array;
	readonly #ead2: readonly CborValue[];
	readonly #ead4: readonly CborValue[];
	#answered: Answered | undefined;

	/** Throws an EdhocError for keys out of range. */
	constructor(options: ResponderOptions) {
		super(options);
		const { methods = [0], connectionId, ead2 = [], ead4 = [] } = options;
		this.#methods = methods;
		this.#connectionId = connectionId;
		this.#ead2 = eadValues(ead2);
		this.#ead4 = eadValues(ead4);
	}

	/**
	 * message_2 for a message_1, C_R, by which message_3 will find us, and EAD_1 (of which nothing is
	 * authenticated yet). Three operations on the curve, and the square root of an x. Throws a CipherSuiteError
	 * when another suite should be chosen, and an EdhocError for all else that is wrong. One message_1 only is
	 * answered.
	 */
	answer(
		message1: Uint8Array
	): Steps<{ message2: Uint8Array; connectionId: Uint8Array; ead: readonly EadItem[] }> {
		return guardSteps(() => this.expectMessage1(), this.#answer(message1));
	}

	/**
	 * message_4, the session and EAD_3, of a message_3. The run is over then. One operation on the curve. Throws
	 * an UnknownCredentialError when the lookup does not know the initiator, a PeerError for an error message, and
	 * an EdhocError for all else that is wrong.
	 */
	finish(message3: Uint8Array): Steps<{ message4: Uint8Array; session: Session; ead: readonly EadItem[] }> {
		return guardSteps(() => this.expectOpen(), this.#finish(message3));
	}

	/**
	 * Throws, for a message_1, what `answer` of a Responder with these methods and no known EAD would before its first pause: what is
	 * none need not wait for its turn to be computed.
	 */
	static check(message1: Uint8Array, methods: readonly Method[] = [0]): void {
		parseEad(accept(message1, methods).ead, []);
	}

	override close(): void {
		super.close();
		this.#answered?.prk3e2m.fill(0);
		this.#answered?.key3.wipe();
	}

	*#answer(
		message1: Uint8Array
	): Steps<{ message2: Uint8Array; connectionId: Uint8Array; ead: readonly EadItem[] }> {
		const { method, gx, connectionId: peerConnectionId, ead: ead1 } = accept(message1, this.#methods);
		const ead = this.readEad(ead1);
		const secrets = new Secrets();
		try {
			const point = yield* this.peerPoint(gx);
			yield;
			const gy = multiplyBase(this.ephemeral).slice(0, 32);
			yield;
			const gxy = secrets.keep(sharedX(this.ephemeral, point));
			const th2 = transcript2(gy, sha256(message1));
			const prk2e = secrets.keep(hkdfExtract(th2, gxy));
			const connectionId = this.#connectionId(peerConnectionId);
			if (equalBytes(connectionId, peerConnectionId)) throw new EdhocError("C_R is the same as C_I");
			const signed = responderSigns(method);
			const { privateKey, credential } = this;
			const prk3e2m = secrets.keep(
				yield* nextKey({
					prk: prk2e,
					signed,
					saltLabel: label.salt3e2m,
					transcript: th2,
					privateKey,
					point
				})
			);
			const statement = {
				signed,
				prk: prk3e2m,
				label: label.mac2,
				prefix: encode(identifierValue(connectionId)),
				credential,
				transcript: th2,
				ead: encodeSequence(this.#ead2)
			};
			const proof = yield* prove(statement, privateKey);
			const plaintext2 = encodePlaintext2({ connectionId, kid: credential.kid, proof, ead: this.#ead2 });
			const message2 = encodeMessage2({ gy, ciphertext: crypt2(prk2e, th2, plaintext2) });
			const th3 = nextTranscript(th2, plaintext2, credential.encoded);
			this.#answered = {
				method,
				connectionId,
				peerConnectionId,
				prk3e2m: prk3e2m.slice(),
				th3,
				key3: messageKey3(prk3e2m, th3)
			};
			return { message2, connectionId, ead };
		} finally {
			secrets.wipe();
		}
	}

	*#finish(message3: Uint8Array): Steps<{ message4: Uint8Array; session: Session; ead: readonly EadItem[] }> {
		const answered = this.#answered;
		if (answered === undefined) throw new OrderError("message_3 before message_1");
		const { method, prk3e2m, th3, key3, connectionId, peerConnectionId } = answered;
		const plaintext3 = key3.open(parseSealed(message3, "message_3"));
		if (plaintext3 === undefined) throw new EdhocError("message_3 does not open");
		const signed = initiatorSigns(method);
		const { kid, proof, ead: ead3 } = parsePlaintext3(plaintext3, signed);
		const ead = this.readEad(ead3);
		const secrets = new Secrets();
		try {
			const peer = yield* this.peerCredential(kid);
			const prk4e3m = secrets.keep(
				yield* nextKey({
					prk: prk3e2m,
					signed,
					saltLabel: label.salt4e3m,
					transcript: th3,
					privateKey: this.ephemeral,
					point: peer.publicKey
				})
			);
			const statement = {
				signed,
				prk: prk4e3m,
				label: label.mac3,
				prefix: new Uint8Array(0),
				credential: peer,
				transcript: th3,
				ead: encodeSequence(ead3)
			};
			if (!(yield* isProven(statement, proof))) throw new EdhocError("the initiator is not who it says");
			const th4 = nextTranscript(th3, plaintext3, peer.encoded);
			const key4 = messageKey4(prk4e3m, th4);
			const message4 = encode(key4.seal(encodeSequence(this.#ead4)));
			key4.wipe();
			const session = new Session({
				method,
				peer,
				connectionId,
				peerConnectionId,
				exporterKey: exporterKey(prk4e3m, th4)
			});
			this.close();
			return { message4, session, ead };
		} finally {
			secrets.wipe();
		}
	}

	private expectMessage1(): void {
		this.expectOpen();
		if (this.#answered !== undefined) throw new OrderError("a message_1 was answered already");
	}
}

function accept(message1: Uint8Array, methods: readonly Method[]): Message1 {
	const parsed = parseMessage1(message1);
	checkSelected(parsed.suites);
	if (!methods.includes(parsed.method)) throw new EdhocError(`method ${parsed.method} is not wanted`);
	return parsed;
}
