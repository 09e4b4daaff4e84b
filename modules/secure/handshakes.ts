import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Exchange,
	type Layer,
	type Option,
	OptionNumber,
	pathOptions,
	type Resources,
	type Response,
	type ServerRequest,
	uintOption
} from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	type Credential,
	type CredentialLookup,
	EdhocError,
	encodeRequest,
	Initiator,
	messageFormat,
	parseRequest,
	prefixedFormat,
	Responder,
	type Session,
	UnknownCredentialError
} from "../edhoc/edhoc.js";
import { type Address, LinkError, randomPrivateKey, refusalText } from "../node/node.js";
import { echoOf } from "../oscore/oscore.js";
import type { SessionSecrets } from "./session-secrets.js";
import { StrangerGate } from "./stranger-gate.js";

/** Where EDHOC runs (RFC 9528 appendix A.2). */
export const edhocPath = "/.well-known/edhoc";

/** Milliseconds that a run may wait for its next message. */
const patience = 15_000;

export interface HandshakesOptions {
	readonly credential: Credential;
	readonly privateKey: Uint8Array;
	/** This node's own id. */
	readonly self: IdText;
	/** The credentials of members. */
	readonly lookup: CredentialLookup;
	readonly secrets: SessionSecrets;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	/** A peer has proven who it is; `address` is where it did so. */
	readonly onSession: (peer: IdText, session: Session, address: Address) => void;
	/** Someone whose credential is not known here. */
	readonly onStranger: (address: Address) => void;
}

interface Run {
	readonly responder: Responder;
	end(): void;
}

/** EDHOC with the members of the home, method 0 with cipher suite 2, over CoAP, in both roles. */
export class Handshakes {
	readonly #options: HandshakesOptions;
	readonly #gate: StrangerGate;
	/** Runs that wait for their message_3, by the identifier that this node has chosen. */
	readonly #runs = new Map<string, Run>();
	/** Those who wait for a handshake with a peer: one at a time. */
	readonly #waiting = new Map<IdText, ((error: LinkError | undefined) => void)[]>();

	constructor(options: HandshakesOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		options.resources.serve(edhocPath, {
			[Code.Post]: (request, exchange) => this.#received(request, exchange)
		});
	}

	/** Runs EDHOC with a peer as initiator, or waits for the run that is under way; `done` once. */
	start(peer: IdText, address: Address, done: (error: LinkError | undefined) => void): void {
		const waiting = this.#waiting.get(peer);
		if (waiting !== undefined) {
			waiting.push(done);
			return;
		}
		const all = [done];
		this.#waiting.set(peer, all);
		this.#initiate(peer, address, error => {
			// The peer's own handshake may have settled these before.
			if (this.#waiting.get(peer) === all) this.#settle(peer, error);
		});
	}

	/** Tells those who waited for a handshake with a peer, whichever side began the one that was completed. */
	#settle(peer: IdText, error: LinkError | undefined): void {
		const all = this.#waiting.get(peer) ?? [];
		this.#waiting.delete(peer);
		for (const each of all) each(error);
	}

	#initiate(peer: IdText, address: Address, done: (error: LinkError | undefined) => void): void {
		const { clock, secrets, random, onSession } = this.#options;
		const connectionId = secrets.freeId(random);
		const initiator = new Initiator({ ...this.#party(), connectionId });
		const fail = (error: LinkError) => {
			initiator.close();
			done(error);
		};
		const failed = (error: unknown) => {
			if (!(error instanceof EdhocError)) throw error;
			fail(new LinkError(`the handshake failed: ${error.message}`));
		};
		const finish = (session: Session, message4: Uint8Array) => {
			try {
				initiator.finish(message4);
			} catch (error) {
				session.close();
				failed(error);
				return;
			}
			onSession(peer, session, address);
			done(undefined);
		};
		const confirm = (message3: Uint8Array) => {
			const session = initiator.unconfirmedSession();
			if (toHex(session.peer.kid) !== peer) {
				session.close();
				fail(new LinkError("another node answers at its address"));
				return;
			}
			const payload = encodeRequest({ connectionId: session.peerConnectionId, message: message3 });
			const refused = (error: LinkError) => {
				session.close();
				// The peer's own handshake with this node is under way and stays; the wait for that has an end.
				if (error.code === Code.Conflict) clock.after(patience, () => fail(error));
				else fail(error);
			};
			this.#post(address, payload, refused, message4 => finish(session, message4));
		};
		const answered = (message2: Uint8Array) => {
			runInTurns({
				clock,
				steps: initiator.answer(message2),
				failed,
				done: ({ message3 }) => confirm(message3)
			});
		};
		runInTurns({
			clock,
			steps: initiator.begin(),
			failed,
			done: message => this.#post(address, encodeRequest({ message }), fail, answered)
		});
	}

	/** Sends a message; a responder under pressure wants its challenge repeated first. */
	#post(
		address: Address,
		payload: Uint8Array,
		failed: (error: LinkError) => void,
		done: (payload: Uint8Array) => void,
		echo: readonly Option[] = []
	): void {
		const onResponse = (response: Response) => {
			const challenge = echoOf(response);
			if (challenge !== undefined && echo.length === 0) {
				this.#post(address, payload, failed, done, [challenge]);
			} else if (response.code === Code.Changed) {
				done(response.payload);
			} else {
				failed(new LinkError(`the handshake was ${refusalText(response)}`, response.code));
			}
		};
		try {
			this.#options.layer.request({
				address: address.host,
				port: address.port,
				code: Code.Post,
				options: [...pathOptions(edhocPath), uintOption(OptionNumber.ContentFormat, prefixedFormat), ...echo],
				payload,
				timeout: patience,
				onResponse,
				onFailure: () => failed(new LinkError("no answer"))
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			failed(new LinkError(error.message));
		}
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
				this.#await(toHex(connectionId), responder, end);
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

	#await(id: string, responder: Responder, end: () => void): void {
		const cancel = this.#options.clock.after(patience, () => this.#runs.get(id)?.end());
		this.#runs.set(id, {
			responder,
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
				if (error instanceof UnknownCredentialError) onStranger(address);
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
				onSession(peer, session, address);
				this.#settle(peer, undefined);
				exchange.respond({ code: Code.Changed, contentFormat: messageFormat, payload: message4 });
			}
		});
	}

	#party() {
		const { credential, privateKey, lookup, random } = this.#options;
		return { credential, privateKey, lookup, ephemeral: randomPrivateKey(random) };
	}
}

/** An error message where the peer is to get one (RFC 9528 section 6). */
function refuse(exchange: Exchange, error: EdhocError): void {
	if (error.reply === undefined) exchange.respond({ code: Code.BadRequest });
	else exchange.respond({ code: Code.BadRequest, contentFormat: messageFormat, payload: error.reply });
}
