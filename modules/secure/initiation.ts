import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import {
	Code,
	findUint,
	type Layer,
	type Option,
	OptionNumber,
	type Response,
	uintOption
} from "../coap/coap.js";
import {
	type Credential,
	EdhocError,
	encodeRequest,
	type Initiator,
	messageFormat,
	PeerError,
	prefixedFormat,
	type Session,
	UnprovenError
} from "../edhoc/edhoc.js";
import { type Address, LinkError, refusalText } from "../node/node.js";
import { type CurveWork, Rank } from "./curve-work.js";
import { type OpenPost, postOpenly } from "./open-post.js";
import type { OwnHandshake } from "./own-handshake.js";

/** Where EDHOC runs (RFC 9528 appendix A.2). */
export const edhocPath = "/.well-known/edhoc";

/** Milliseconds that a run may wait for its next message. */
export const patience = 15_000;

/**
 * EDHOC's errors for a credential that the peer does not know (RFC 9528 section 6.4), and for what it does not name (section 6.2):
 * it may know this node by another key, of before or of a thief.
 */
const unknown: readonly number[] = Object.freeze([1, 3]);

export interface InitiationOptions {
	readonly initiator: Initiator;
	/** Whose run it is: its `ended` is called once, without an error after `onSession`. */
	readonly handshake: OwnHandshake;
	readonly clock: Clock;
	readonly work: CurveWork;
	readonly layer: Layer;
	/** The peer has proven who it is; `made`: when this node made its part of the keys, or earlier, in milliseconds. */
	readonly onSession: (peer: IdText, session: Session, address: Address, made: number) => void;
	/** As of `HandshakesOptions`. */
	readonly isCurrent: (credential: Credential) => boolean;
	/** The peer did not prove itself by the key that is known here. */
	readonly onUnproven: (peer: IdText, address: Address) => void;
}

/** One run of EDHOC that this node begins: it may wait for a peer that is away, so it is one object. */
export class Initiation implements OpenPost {
	readonly path = edhocPath;
	readonly timeout = patience;
	readonly address: Address;
	readonly #options: InitiationOptions;
	/** The last message. */
	payload: Uint8Array = new Uint8Array(0);
	/** When this node made its part of the keys. */
	readonly #made: number;
	/** Once message_3 is under way. */
	#session: Session | undefined;

	constructor(options: InitiationOptions) {
		this.#options = options;
		this.address = options.handshake.address;
		this.#made = options.clock.now();
	}

	get layer(): Layer {
		return this.#options.layer;
	}

	get options(): readonly Option[] {
		return [uintOption(OptionNumber.ContentFormat, prefixedFormat)];
	}

	begin(): void {
		const { work, initiator } = this.#options;
		work.enter({
			rank: Rank.own,
			steps: initiator.begin(),
			failed: error => this.failed(error),
			done: message => this.send(encodeRequest({ message }))
		});
	}

	/** The answer may be an error message in place of the one expected. */
	onResponse(response: Response): void {
		const { code, options, payload } = response;
		const isError =
			code === Code.BadRequest && findUint(options, OptionNumber.ContentFormat) === messageFormat;
		if (code !== Code.Changed && !isError) {
			// Without its code, which anyone can have said: what rests on this handshake may still be done.
			this.refused(new LinkError(`the handshake was ${refusalText(response)}`), code);
		} else if (this.#session === undefined) this.answer(payload);
		else this.finish(this.#session, payload);
	}

	onSilence(): void {
		this.fail(new LinkError("no answer"), false);
	}

	private send(payload: Uint8Array): void {
		this.payload = payload;
		postOpenly(this);
	}

	private answer(message2: Uint8Array): void {
		const { work, initiator } = this.#options;
		work.enter({
			rank: Rank.own,
			steps: initiator.answer(message2),
			failed: error => this.failed(error),
			done: ({ message3 }) => this.confirm(message3)
		});
	}

	private confirm(message3: Uint8Array): void {
		const { initiator, handshake } = this.#options;
		const session = initiator.unconfirmedSession();
		this.#session = session;
		if (toHex(session.peer.kid) === handshake.peer) {
			this.send(encodeRequest({ connectionId: session.peerConnectionId, message: message3 }));
		} else this.fail(new LinkError("another node answers at its address"), false);
	}

	private finish(session: Session, message4: Uint8Array): void {
		const { initiator, handshake, onSession, isCurrent } = this.#options;
		try {
			initiator.finish(message4);
			if (!isCurrent(session.peer)) throw new UnprovenError("the responder has another key by now");
			onSession(handshake.peer, session, this.address, this.#made);
		} catch (error) {
			this.failed(error);
			return;
		}
		handshake.ended(undefined, false);
	}

	private refused(error: LinkError, code: number): void {
		const isCrossed = this.#session !== undefined && code === Code.Conflict;
		if (!isCrossed) {
			this.fail(error, false);
			return;
		}
		// The peer's own handshake with this node is under way and stays. The wait for that has an end, and holds on to nothing
		// of this run: where many begin at once, most cross.
		this.close();
		const { clock, handshake } = this.#options;
		handshake.crossed();
		failLater(clock, handshake, error);
	}

	/** Whatever it is, who waits for the run hears of its end first. */
	private failed(error: unknown): void {
		const isStranger = error instanceof PeerError && unknown.includes(error.code);
		const reason = error instanceof EdhocError ? error.message : "an error of this node's own";
		this.fail(new LinkError(`the handshake failed: ${reason}`), isStranger);
		if (!(error instanceof EdhocError)) throw error;
		if (error instanceof UnprovenError) this.#options.onUnproven(this.#options.handshake.peer, this.address);
	}

	private fail(error: LinkError, isStranger: boolean): void {
		this.close();
		this.#options.handshake.ended(error, isStranger);
	}

	private close(): void {
		this.#session?.close();
		this.#options.initiator.close();
	}
}

function failLater(clock: Clock, handshake: OwnHandshake, error: LinkError): void {
	clock.after(patience, () => handshake.ended(error, false));
}
