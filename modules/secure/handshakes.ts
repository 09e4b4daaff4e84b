import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import { type Clock, Turns } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type Resources, type ServerRequest } from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	type Credential,
	type CredentialLookup,
	EdhocError,
	Initiator,
	messageFormat,
	parseRequest,
	Responder,
	type Session,
	UnknownCredentialError
} from "../edhoc/edhoc.js";
import { type Address, type LinkError, randomPrivateKey } from "../node/node.js";
import { edhocPath, Initiation, patience } from "./initiation.js";
import type { SessionSecrets } from "./session-secrets.js";
import { StrangerGate } from "./stranger-gate.js";

/** Milliseconds after which the next run of this node's begins although the one before is not over. */
const turnLength = 2_000;

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
	/** Someone whose credential is not known here. */
	readonly onStranger: (address: Address) => void;
	/** A peer does not know this node: brings it this node's block; `done` once, with whether it was taken. */
	readonly introduce: (address: Address, done: (taken: boolean) => void) => void;
}

/** How a run of this node's ended; `isStranger`: the peer does not know this node. */
type Ended = (error: LinkError | undefined, isStranger?: boolean) => void;

interface Run {
	readonly responder: Responder;
	/** When this node made its part of the keys, or earlier. */
	readonly made: number;
	end(): void;
}

/** EDHOC with the members of the home, method 0 with cipher suite 2, over CoAP, in both roles. */
export class Handshakes {
	readonly #options: HandshakesOptions;
	readonly #gate: StrangerGate;
	/** Runs that wait for their message_3, by the identifier that this node has chosen. */
	readonly #runs = new Map<string, Run>();
	/** The runs of this node's: each costs memory and time. */
	readonly #turns: Turns;
	/** Those who wait for a handshake with a peer. */
	readonly #waiting = new Map<IdText, ((error: LinkError | undefined) => void)[]>();

	constructor(options: HandshakesOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		this.#turns = new Turns(options.clock, turnLength);
		options.resources.serve(edhocPath, {
			[Code.Post]: (request, exchange) => this.#received(request, exchange)
		});
	}

	/**
	 * Runs EDHOC with a peer as initiator, or waits for the run that is under way; `done` once. A peer that does not
	 * know this node yet gets its block, and is asked once more.
	 */
	start(peer: IdText, address: Address, done: (error: LinkError | undefined) => void): void {
		const waiting = this.#waiting.get(peer);
		if (waiting !== undefined) {
			waiting.push(done);
			return;
		}
		const all = [done];
		this.#waiting.set(peer, all);
		// The peer's own handshake may have settled these before.
		const isWaited = () => this.#waiting.get(peer) === all;
		const settle = (error: LinkError | undefined) => {
			if (isWaited()) this.#settle(peer, error);
		};
		this.#initiateInTurn(peer, address, (error, isStranger = false) => {
			if (!isStranger || !isWaited()) {
				settle(error);
				return;
			}
			this.#options.introduce(address, taken => {
				if (taken && isWaited()) this.#initiateInTurn(peer, address, settle);
				else settle(error);
			});
		});
	}

	/** Begins a run when it is its turn, unless the peer's own has made it needless by then. */
	#initiateInTurn(peer: IdText, address: Address, done: Ended): void {
		const all = this.#waiting.get(peer);
		this.#turns.enter(peer, end => {
			if (this.#waiting.get(peer) !== all) {
				end();
				return;
			}
			this.#initiate(peer, address, (error, isStranger) => {
				end();
				done(error, isStranger);
			});
		});
	}

	/** Tells those who waited for a handshake with a peer, whichever side began the one that was completed. */
	#settle(peer: IdText, error: LinkError | undefined): void {
		const all = this.#waiting.get(peer) ?? [];
		this.#waiting.delete(peer);
		for (const each of all) each(error);
	}

	#initiate(peer: IdText, address: Address, done: Ended): void {
		const { clock, layer, secrets, random, onSession } = this.#options;
		const connectionId = secrets.freeId(random);
		const initiator = new Initiator({ ...this.#party(), connectionId });
		new Initiation({ initiator, peer, address, clock, layer, onSession, done }).begin();
	}

	#received(request: ServerRequest, exchange: Exchange): void {
		const address = { host: request.address, port: request.port };
		try {
			const { connectionId, message } = parseRequest(request.payload);
			if (connectionId === undefined) {
				if (this.#gate.admits(request, exchange)) this.#begin(message, exchange);
				return;
			}
			const run = this.#runs.get(toHex(connectionId));
			if (run === undefined) exchange.respond({ code: Code.BadRequest });
			else this.#finish(run, message, exchange, address);
		} catch (error) {
			if (!(error instanceof EdhocError)) throw error;
			refuse(exchange, error);
		}
	}

	#begin(message1: Uint8Array, exchange: Exchange): void {
		const { clock, secrets, random } = this.#options;
		const end = this.#gate.begin();
		const made = clock.now();
		const responder = new Responder({
			...this.#party(),
			connectionId: taken => this.#freeId(id => secrets.freeId(random, id), taken)
		});
		runInTurns({
			clock,
			steps: responder.answer(message1),
			failed: error => {
				end();
				responder.close();
				if (!(error instanceof EdhocError)) throw error;
				refuse(exchange, error);
			},
			done: ({ message2, connectionId }) => {
				this.#await(toHex(connectionId), { responder, made, end });
				exchange.respond({ code: Code.Changed, contentFormat: messageFormat, payload: message2 });
			}
		});
	}

	/** Not one of a run that is under way either. */
	#freeId(free: (taken: Uint8Array) => Uint8Array, taken: Uint8Array): Uint8Array {
		for (;;) {
			const id = free(taken);
			if (!this.#runs.has(toHex(id))) return id;
		}
	}

	#await(id: string, { responder, made, end }: Run): void {
		const cancel = this.#options.clock.after(patience, () => this.#runs.get(id)?.end());
		this.#runs.set(id, {
			responder,
			made,
			end: () => {
				cancel();
				end();
				responder.close();
				this.#runs.delete(id);
			}
		});
	}

	#finish(run: Run, message3: Uint8Array, exchange: Exchange, address: Address): void {
		const { clock, self, onSession, onStranger } = this.#options;
		runInTurns({
			clock,
			steps: run.responder.finish(message3),
			failed: error => {
				if (!(error instanceof EdhocError)) throw error;
				refuse(exchange, error);
				if (!(error instanceof UnknownCredentialError)) return;
				// Its sender tries again once it is known here: the place that it took must not be kept till then.
				run.end();
				onStranger(address);
			},
			done: ({ message4, session }) => {
				run.end();
				const peer = toHex(session.peer.kid);
				if (this.#waiting.has(peer) && self < peer) {
					// Both have begun one: the one whose initiator has the lower id stays.
					session.close();
					exchange.respond({ code: Code.Conflict });
					return;
				}
				onSession(peer, session, address, run.made);
				this.#settle(peer, undefined);
				exchange.respond({ code: Code.Changed, contentFormat: messageFormat, payload: message4 });
			}
		});
	}

	#party() {
		const { own, lookup, random } = this.#options;
		return { ...own(), lookup, ephemeral: randomPrivateKey(random) };
	}
}

/** An error message where the peer is to get one (RFC 9528 section 6). */
function refuse(exchange: Exchange, error: EdhocError): void {
	if (error.reply === undefined) exchange.respond({ code: Code.BadRequest });
	else exchange.respond({ code: Code.BadRequest, contentFormat: messageFormat, payload: error.reply });
}
