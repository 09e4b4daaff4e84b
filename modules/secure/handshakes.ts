import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import { type Clock, Turns } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type Resources, type ServerRequest } from "../coap/coap.js";
import type { Steps } from "../crypto/crypto.js";
import {
	type Credential,
	type CredentialLookup,
	EdhocError,
	Initiator,
	messageFormat,
	OrderError,
	parseRequest,
	prefixedFormat,
	Responder,
	type Session,
	UnknownCredentialError
} from "../edhoc/edhoc.js";
import { type Address, type LinkError, randomPrivateKey, StrangerGate, tellAll } from "../node/node.js";
import { CurveWork } from "./curve-work.js";
import { edhocPath, Initiation } from "./initiation.js";
import { handshakeName, OwnHandshake, type OwnHandshakeSides } from "./own-handshake.js";
import { type ResponderRun, ResponderRuns } from "./responder-runs.js";
import type { SessionSecrets } from "./session-secrets.js";

/** Milliseconds after which the next run of this node's begins although the one before is not over. */
const turnLength = 2_000;
/** Runs of this node's that are begun together: while one waits for its peer, which computes as long, the other is worked at. */
const sideBySide = 2;
/** Most runs of this node's under way, and one more that a person waits for: those with who is away take 15 seconds, and memory. */
const mostAtOnce = 4;

export interface HandshakesOptions {
	/** This node's credential and private key, as they are now. */
	readonly own: () => { readonly credential: Credential; readonly privateKey: Uint8Array };
	/** This node's own id. */
	readonly self: IdText;
	/** The credentials of members. */
	readonly lookup: CredentialLookup;
	readonly secrets: SessionSecrets;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	/**
	 * A peer has proven who it is; `address` is where it did so, `made` when this node made its part of the keys, or
	 * earlier, in milliseconds.
	 */
	readonly onSession: (peer: IdText, session: Session, address: Address, made: number) => void;
	/** Whether a credential is still its owner's: it may have been given up while the handshake was under way. */
	readonly isCurrent: (credential: Credential) => boolean;
	/** The member that was seen at an address. */
	readonly memberAt: (address: Address) => IdText | undefined;
	/** A peer did not prove itself by the key that is known here. */
	readonly onUnproven: (peer: IdText, address: Address) => void;
	/** Someone whose credential is not known here. */
	readonly onStranger: (address: Address) => void;
	/** A peer does not know this node: brings it this node's block; `done` once, with whether it was taken. */
	readonly introduce: (address: Address, done: (taken: boolean) => void) => void;
	/** A peer does not listen to this node although it has its block: asks why. */
	readonly inquire: (address: Address) => void;
}

/** EDHOC with the members of the home, method 0 with cipher suite 2, over CoAP, in both roles. */
export class Handshakes implements OwnHandshakeSides {
	readonly #options: HandshakesOptions;
	readonly #gate: StrangerGate;
	/** Runs that others have begun. */
	readonly #runs: ResponderRuns;
	readonly #work: CurveWork;
	/** The runs of this node's: each costs memory and time. */
	readonly turns: Turns;
	/** Those that somebody waits for, by peer and address: who only says that it is the peer must not keep this node from it. */
	readonly #own = new Map<string, OwnHandshake>();
	/** Those of which a run is under way, whether or not somebody still waits for it. */
	readonly #running = new Set<OwnHandshake>();

	constructor(options: HandshakesOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		this.#runs = new ResponderRuns(options.clock);
		this.#work = new CurveWork(options.clock, () => this.#gate.isPressed);
		this.turns = new Turns(options.clock, turnLength, { width: sideBySide, most: mostAtOnce });
		options.resources.serve(
			edhocPath,
			{ [Code.Post]: (request, exchange) => this.received(request, exchange) },
			{ contentFormat: messageFormat, takes: [prefixedFormat] }
		);
	}

	/**
	 * Runs EDHOC with a peer as initiator, or waits for the run that is under way; `done` once. `isUrgent`: it goes before
	 * those that wait for their turn.
	 */
	start(
		peer: IdText,
		address: Address,
		done: (error: LinkError | undefined) => void,
		isUrgent = false
	): void {
		const own = this.#own.get(handshakeName(peer, address));
		if (own !== undefined) {
			own.waiting.push(done);
			if (isUrgent) own.hurry();
			return;
		}
		const handshake = new OwnHandshake(this, peer, address, done);
		this.#own.set(handshake.name, handshake);
		handshake.enter(isUrgent);
	}

	/** Who gave `done` to `start` does not wait any more: whoever is asked at ever other places must not have runs wait for their turn without end. */
	leave(peer: IdText, address: Address, done: (error: LinkError | undefined) => void): void {
		const own = this.#own.get(handshakeName(peer, address));
		if (own?.leave(done) === true) this.#own.delete(own.name);
	}

	isWaited(handshake: OwnHandshake): boolean {
		return this.#own.get(handshake.name) === handshake;
	}

	introduce(address: Address, done: (taken: boolean) => void): void {
		this.#options.introduce(address, done);
	}

	inquire(address: Address): void {
		this.#options.inquire(address);
	}

	failed(handshake: OwnHandshake, error: LinkError): void {
		this.#own.delete(handshake.name);
		tellAll(handshake.waiting, error);
	}

	completed(peer: IdText): void {
		const waiting: OwnHandshake["waiting"] = [];
		for (const [name, own] of this.#own) {
			if (own.peer !== peer) continue;
			this.#own.delete(name);
			waiting.push(...own.waiting);
		}
		tellAll(waiting, undefined);
	}

	initiate(handshake: OwnHandshake): void {
		const { clock, layer, onSession, onUnproven, isCurrent } = this.#options;
		const work = this.#work;
		const connectionId = this.freeId();
		handshake.id = toHex(connectionId);
		this.#running.add(handshake);
		const initiator = new Initiator({ ...this.party(), connectionId });
		new Initiation({ initiator, handshake, clock, work, layer, onSession, onUnproven, isCurrent }).begin();
	}

	/** An identifier of one byte that no session, no run of this node's and none of others' has. */
	private freeId(taken?: Uint8Array): Uint8Array {
		const { secrets, random } = this.#options;
		for (;;) {
			const id = secrets.freeId(random, taken);
			if (!this.#runs.uses(id) && !this.isOwn(toHex(id))) return id;
		}
	}

	over(handshake: OwnHandshake): void {
		this.#running.delete(handshake);
	}

	/** Whether a run of this node's with a peer is under way there: one that waits for its turn, or asks elsewhere, may take long. */
	private isUnderWay(peer: IdText, address: Address): boolean {
		const own = this.#own.get(handshakeName(peer, address));
		return own !== undefined && this.#running.has(own);
	}

	/** Whether this node has chosen an identifier for a run of its own that is under way. */
	private isOwn(id: string): boolean {
		for (const handshake of this.#running) if (handshake.id === id) return true;
		return false;
	}

	private received(request: ServerRequest, exchange: Exchange): void {
		const address = { host: request.address, port: request.port };
		try {
			const { connectionId, message } = parseRequest(request.payload);
			if (connectionId === undefined) {
				const admission = this.#gate.admits(request, exchange, this.#runs.hasRoomFor(address));
				if (admission !== undefined) this.begin(message, exchange, address, admission === "shown");
				return;
			}
			const run = this.#runs.find(connectionId, address);
			if (run === undefined) exchange.respond({ code: Code.BadRequest });
			else this.finish(run, message, exchange);
		} catch (error) {
			if (!(error instanceof EdhocError)) throw error;
			refuse(exchange, error);
		}
	}

	private begin(message1: Uint8Array, exchange: Exchange, address: Address, isShown: boolean): void {
		// What is no message_1 takes no place.
		Responder.check(message1);
		const member = this.#options.memberAt(address);
		const run = this.#runs.begin({ address, isShown, member, exchange });
		if (run === undefined) {
			exchange.respond({ code: Code.ServiceUnavailable });
			return;
		}
		run.work = this.#work.enter({
			steps: this.answer(run, message1),
			rank: run.rank,
			failed: error => {
				run.complete();
				if (!(error instanceof EdhocError)) throw error;
				refuse(exchange, error);
			},
			done: ({ message2 }) => {
				run.answered();
				exchange.respond({ code: Code.Changed, contentFormat: messageFormat, payload: message2 });
			}
		});
	}

	/** Begins with all that takes memory when it is its turn. */
	private *answer(run: ResponderRun, message1: Uint8Array): Steps<{ readonly message2: Uint8Array }> {
		const connectionId = (taken: Uint8Array) => {
			const id = this.freeId(taken);
			run.chosen = toHex(id);
			return id;
		};
		const responder = new Responder({ ...this.party(), connectionId });
		run.responder = responder;
		return yield* responder.answer(message1);
	}

	private finish(run: ResponderRun, message3: Uint8Array, exchange: Exchange): void {
		const { self, onSession, onStranger, isCurrent } = this.#options;
		const { responder } = run;
		const { address } = run.options;
		// Nobody knows its identifier before it is there.
		if (responder === undefined) throw new OrderError("message_3 before message_2");
		const steps = responder.finish(message3);
		// Up to its first pause it is only opened: what does not open may be anybody's, and the run goes on.
		steps.next();
		if (!run.take(exchange)) {
			exchange.respond({ code: Code.ServiceUnavailable });
			return;
		}
		run.work = this.#work.enter({
			steps,
			rank: run.rank,
			failed: error => {
				// Its sender begins anew, perhaps once it is known here: the place must not be kept till then.
				run.complete();
				if (!(error instanceof EdhocError)) throw error;
				refuse(exchange, error);
				if (error instanceof UnknownCredentialError) onStranger(address);
			},
			done: ({ message4, session }) => {
				run.complete();
				const peer = toHex(session.peer.kid);
				if (!isCurrent(session.peer)) {
					session.close();
					exchange.respond({ code: Code.BadRequest });
					return;
				}
				if (self < peer && this.isUnderWay(peer, address)) {
					// Both have begun one: the one whose initiator has the lower id stays.
					session.close();
					exchange.respond({ code: Code.Conflict });
					return;
				}
				// message_4 first: the initiator waits for it, and without it has no keys for what is asked of it next. What
				// comes under them comes in a later turn.
				try {
					exchange.respond({ code: Code.Changed, contentFormat: messageFormat, payload: message4 });
				} finally {
					onSession(peer, session, address, run.made);
					this.completed(peer);
				}
			}
		});
	}

	private party() {
		const { own, lookup, random } = this.#options;
		return { ...own(), lookup, ephemeral: randomPrivateKey(random) };
	}
}

/** An error message where the peer is to get one (RFC 9528 section 6). */
function refuse(exchange: Exchange, error: EdhocError): void {
	if (error.reply === undefined) exchange.respond({ code: Code.BadRequest });
	else exchange.respond({ code: Code.BadRequest, contentFormat: messageFormat, payload: error.reply });
}
