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
import { type EadItem, eadValues } from "./ead.js";
import { EdhocError, OrderError, UnprovenError } from "./edhoc-error.js";
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
import { encodeMessage1, parseMessage2, parseSealed } from "./messages.js";
import { initiatorSigns, type Method, responderSigns } from "./method.js";
import { Party, type PartyOptions } from "./party.js";
import { encodePlaintext3, parsePlaintext2, parsePlaintext4 } from "./plaintexts.js";
import { Session } from "./session.js";
import { checkSelected } from "./suites.js";

export interface InitiatorOptions extends PartyOptions {
	/** 0 unless given. */
	readonly method?: Method;
	/** SUITES_I, as `offerSuites` gives it: the last is selected and must be 2. [2] unless given. */
	readonly suites?: readonly number[];
	/** C_I: what the responder is to call us, our OSCORE Recipient ID. */
	readonly connectionId: Uint8Array;
	readonly ead1?: readonly EadItem[];
	readonly ead3?: readonly EadItem[];
}

/** What `begin` leaves. */
interface Begun {
	readonly message1: Uint8Array;
	readonly gx: Uint8Array;
	readonly hash: Uint8Array;
}

/** What `answer` leaves. */
interface Answered {
	readonly session: Session;
	readonly key4: MessageKey;
}

/**
 * The side that begins a run of EDHOC (RFC 9528, section 5): `begin` gives message_1, `answer` makes message_3 of
 * message_2, `finish` takes message_4. A message that is refused changes nothing, so that the right one may still
 * come: anybody can send us bytes, and the RFC's rule to give up at the first wrong ones would let them end the
 * run. Who wants that rule calls `close`.
 */
export class Initiator extends Party {
	readonly #method: Method;
	readonly #suites: readonly number[];
	readonly #connectionId: Uint8Array;
	readonly #ead1: readonly CborValue[];
	readonly #ead3: readonly CborValue[];
	#begun: Begun | undefined;
	#answered: Answered | undefined;
	/** Whether the caller has the session, so that it is the caller's to close. */
	#handedOut = false;

	/** Throws an EdhocError for keys out of range, and for suites of which the selected one is not ours. */
	constructor(options: InitiatorOptions) {
		super(options);
		const { method = 0, suites = [2], connectionId, ead1 = [], ead3 = [] } = options;
		checkSelected(suites);
		this.#method = method;
		this.#suites = suites;
		this.#connectionId = connectionId;
		this.#ead1 = eadValues(ead1);
		this.#ead3 = eadValues(ead3);
	}

	/** message_1. One operation on the curve; none when it is asked for again. */
	begin(): Steps<Uint8Array> {
		return guardSteps(() => this.expectOpen(), this.#begin());
	}

	/**
	 * message_3 for a message_2, and EAD_2. Three operations on the curve, and the square root of an x. Throws a
	 * PeerError for an error message and an EdhocError for all else that is wrong.
	 */
	answer(message2: Uint8Array): Steps<{ message3: Uint8Array; ead: readonly EadItem[] }> {
		return guardSteps(() => this.expectMessage2(), this.#answer(message2));
	}

	/**
	 * The session and EAD_4, of a message_4. No operation on the curve. The run is over then. Throws as `answer`
	 * does.
	 */
	finish(message4: Uint8Array): { session: Session; ead: readonly EadItem[] } {
		const answered = this.#answered;
		if (answered === undefined) throw new OrderError("message_4 before message_2");
		this.expectOpen();
		const plaintext = answered.key4.open(parseSealed(message4, "message_4"));
		if (plaintext === undefined) throw new EdhocError("message_4 does not open");
		const ead = this.readEad(parsePlaintext4(plaintext));
		const session = this.unconfirmedSession();
		this.close();
		return { session, ead };
	}

	/**
	 * The session after `answer`, for a responder that sends no message_4. Nothing says yet that it got message_3:
	 * the session is not to be stored before a message protected by it has come (RFC 9528, section 5.4.2).
	 */
	unconfirmedSession(): Session {
		if (this.#answered === undefined) throw new OrderError("no session before message_2");
		this.expectOpen();
		this.#handedOut = true;
		return this.#answered.session;
	}

	override close(): void {
		super.close();
		this.#answered?.key4.wipe();
		if (!this.#handedOut) this.#answered?.session.close();
	}

	*#begin(): Steps<Uint8Array> {
		if (this.#begun === undefined) {
			yield;
			const gx = multiplyBase(this.ephemeral).slice(0, 32);
			const message1 = encodeMessage1({
				method: this.#method,
				suites: this.#suites,
				gx,
				connectionId: this.#connectionId,
				ead: this.#ead1
			});
			this.#begun = { message1, gx, hash: sha256(message1) };
		}
		return this.#begun.message1;
	}

	*#answer(message2: Uint8Array): Steps<{ message3: Uint8Array; ead: readonly EadItem[] }> {
		const begun = this.#begun;
		if (begun === undefined) throw new OrderError("message_2 before message_1");
		const { gy, ciphertext } = parseMessage2(message2);
		if (equalBytes(gy, begun.gx)) throw new EdhocError("our own ephemeral key came back");
		const secrets = new Secrets();
		try {
			const point = yield* this.peerPoint(gy);
			yield;
			const gxy = secrets.keep(sharedX(this.ephemeral, point));
			const th2 = transcript2(gy, begun.hash);
			const prk2e = secrets.keep(hkdfExtract(th2, gxy));
			const plaintext2 = crypt2(prk2e, th2, ciphertext);
			const signed = responderSigns(this.#method);
			const { connectionId, kid, proof, ead: ead2 } = parsePlaintext2(plaintext2, signed);
			if (equalBytes(connectionId, this.#connectionId)) throw new EdhocError("C_R is the same as C_I");
			const ead = this.readEad(ead2);
			const peer = yield* this.peerCredential(kid);
			const prk3e2m = secrets.keep(
				yield* nextKey({
					prk: prk2e,
					signed,
					saltLabel: label.salt3e2m,
					transcript: th2,
					privateKey: this.ephemeral,
					point: peer.publicKey
				})
			);
			const statement = {
				signed,
				prk: prk3e2m,
				label: label.mac2,
				prefix: encode(identifierValue(connectionId)),
				credential: peer,
				transcript: th2,
				ead: encodeSequence(ead2)
			};
			if (!(yield* isProven(statement, proof))) throw new UnprovenError("the responder is not who it says");
			const th3 = nextTranscript(th2, plaintext2, peer.encoded);
			const { message3, th4, prk4e3m } = yield* this.message3({ prk3e2m, th3, point, secrets });
			const session = new Session({
				method: this.#method,
				peer,
				connectionId: this.#connectionId,
				peerConnectionId: connectionId,
				exporterKey: exporterKey(prk4e3m, th4)
			});
			this.#answered = { session, key4: messageKey4(prk4e3m, th4) };
			return { message3, ead };
		} finally {
			secrets.wipe();
		}
	}

	private expectMessage2(): void {
		this.expectOpen();
		if (this.#answered !== undefined) throw new OrderError("a message_2 was answered already");
	}

	private *message3({
		prk3e2m,
		th3,
		point,
		secrets
	}: {
		prk3e2m: Uint8Array;
		th3: Uint8Array;
		point: Uint8Array;
		secrets: Secrets;
	}): Steps<{ message3: Uint8Array; th4: Uint8Array; prk4e3m: Uint8Array }> {
		const { credential, privateKey } = this;
		const signed = initiatorSigns(this.#method);
		const prk4e3m = secrets.keep(
			yield* nextKey({
				prk: prk3e2m,
				signed,
				saltLabel: label.salt4e3m,
				transcript: th3,
				privateKey,
				point
			})
		);
		const statement = {
			signed,
			prk: prk4e3m,
			label: label.mac3,
			prefix: new Uint8Array(0),
			credential,
			transcript: th3,
			ead: encodeSequence(this.#ead3)
		};
		const proof = yield* prove(statement, privateKey);
		const plaintext3 = encodePlaintext3({ kid: credential.kid, proof, ead: this.#ead3 });
		const key3 = messageKey3(prk3e2m, th3);
		const message3 = encode(key3.seal(plaintext3));
		key3.wipe();
		return { message3, th4: nextTranscript(th3, plaintext3, credential.encoded), prk4e3m };
	}
}
