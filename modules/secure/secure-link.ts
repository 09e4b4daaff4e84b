import { encodeUtf8, toHex } from "../bytes/bytes.js";
import { type IdText, type Member, sameId } from "../chain/chain.js";
import type { Cancel } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Exchange,
	Observers,
	observe,
	type PendingRequest,
	pathOptions,
	type Response,
	type ServerRequest
} from "../coap/coap.js";
import { decompress } from "../crypto/crypto.js";
import { type Credential, makeCredential, type Session } from "../edhoc/edhoc.js";
import {
	type Address,
	type Answer,
	type Link,
	LinkError,
	type LinkHandler,
	type LinkOptions,
	type LinkRequest,
	MessageError,
	type ObserveRequest,
	refusalText,
	throttled
} from "../node/node.js";
import {
	ContextError,
	Contexts,
	SecurityContext,
	SequenceError,
	UnprotectedError
} from "../oscore/oscore.js";
import { StoreError } from "../store/store.js";
import { Handshakes } from "./handshakes.js";
import { RecordExchange } from "./record-exchange.js";
import { Rekeying } from "./rekeying.js";
import { SessionSecrets } from "./session-secrets.js";

/** Milliseconds for the reading with which an observation begins. */
const patience = 9_000;

/** What was done for a request so far, when the peer said that it has no context for it. */
type Effort = "none" | "renewed" | "handshaken";

/**
 * Requests between the members of a secure home: sealed by OSCORE, under keys that EDHOC agreed on with the owner of
 * the key on the chain, renewed after restarts from what is kept of that (RFC 8613 appendix B.2).
 */
export class SecureLink implements Link {
	readonly #options: LinkOptions;
	readonly #secrets: SessionSecrets;
	readonly #contexts: Contexts;
	readonly #handshakes: Handshakes;
	readonly #rekeying: Rekeying;
	readonly #records: RecordExchange;
	/** A member that the chain here does not show yet: this node's sponsor. */
	#introduced: Credential | undefined;

	constructor(options: LinkOptions) {
		this.#options = options;
		const { identity, clock, random, layer, resources, seats, store, report } = options;
		this.#secrets = new SessionSecrets({ store, report });
		this.#contexts = new Contexts({
			clock,
			random,
			secretOf: name => (this.#isMember(name) ? this.#secrets.secretOf(name) : undefined),
			secretByKid: kid => {
				const secret = this.#secrets.byRecipientId(kid);
				return secret !== undefined && this.#isMember(secret.name) ? secret : undefined;
			},
			onSettled: name => this.#secrets.settle(name)
		});
		seats.seatContexts(this.#contexts);
		const reportStranger = throttled(clock, report);
		this.#handshakes = new Handshakes({
			credential: makeCredential({ kid: identity.id, publicKey: decompress(identity.publicKey) }),
			privateKey: identity.privateKey,
			lookup: kid => this.#credentialOf(kid),
			secrets: this.#secrets,
			clock,
			random,
			layer,
			resources,
			self: identity.idText,
			onSession: (peer, session, address) => this.#take(peer, session, address),
			onStranger: ({ host, port }) => {
				reportStranger(`handshake of ${host}:${port} refused: not on the chain`);
				options.onStranger();
			}
		});
		const { chain, homeSecret } = options;
		this.#records = new RecordExchange({ chain, homeSecret, link: this, report });
		this.#rekeying = new Rekeying({
			clock,
			self: identity.idText,
			peers: () => this.#secrets.peers.filter(peer => this.#isMember(peer)),
			rekey: peer => {
				const address = options.peers.addressOf(peer);
				if (address !== undefined) this.#handshakes.start(peer, address, () => undefined);
			}
		});
	}

	agree(peer: IdText): void {
		this.#records.with(peer);
	}

	stop(): void {
		this.#rekeying.stop();
	}

	get sessions(): number {
		return this.#secrets.peers.length;
	}

	introduce(id: Uint8Array, publicKey: Uint8Array): void {
		this.#introduced = makeCredential({ kid: id, publicKey: decompress(publicKey) });
	}

	request(request: LinkRequest): void {
		const { clock, peers, locate } = this.#options;
		const deadline = clock.now() + request.timeout;
		const address = peers.addressOf(request.peer);
		if (address !== undefined) {
			this.#ask(request, address, deadline, "none");
			return;
		}
		locate(request.peer, found => {
			if (found === undefined) request.onFailure(new LinkError("no answer"));
			else this.#ask(request, found, deadline, "none");
		});
	}

	serve(
		path: string,
		handlers: { readonly [method: number]: LinkHandler },
		state?: () => Uint8Array
	): () => void {
		const guarded: { [method: number]: (request: ServerRequest, exchange: Exchange) => void } = {};
		for (const [method, handler] of Object.entries(handlers)) {
			guarded[Number(method)] = (request, exchange) => this.#guard(request, exchange, handler);
		}
		const observers = new Observers();
		if (state !== undefined) {
			const reply = () => ({ code: Code.Content, payload: state() });
			guarded[Code.Get] = (request, exchange) => {
				if (this.#sender(request) === undefined) exchange.respond({ code: Code.Unauthorized });
				else observers.answer(request, exchange, reply());
			};
		}
		this.#options.resources.serve(path, guarded);
		return () => {
			if (state !== undefined && observers.size > 0) {
				observers.notify({ code: Code.Content, payload: state() });
			}
		};
	}

	/** Reads the state once, which makes a session where there is none, and then observes it under that. */
	observe({ peer, path, onState, onEnd }: ObserveRequest): Cancel {
		const { layer, peers } = this.#options;
		let observation: PendingRequest | undefined;
		let isOver = false;
		const end = (error: LinkError) => {
			if (isOver) return;
			isOver = true;
			onEnd(error);
		};
		const hear = (response: Response) => {
			if (isOver) return;
			if (response.code === Code.Content) onState(response.payload);
			else end(new LinkError(refusalText(response), response.code));
		};
		const register = () => {
			const address = peers.addressOf(peer);
			if (isOver || address === undefined) return;
			try {
				observation = observe(layer, {
					peer,
					address: address.host,
					port: address.port,
					code: Code.Get,
					options: pathOptions(path),
					onResponse: hear,
					onNotification: hear,
					onFailure: () => end(new LinkError("no answer"))
				});
			} catch (error) {
				if (!(error instanceof CoapError)) throw error;
				end(new LinkError(error.message));
			}
		};
		this.request({
			peer,
			code: Code.Get,
			path,
			payload: new Uint8Array(0),
			timeout: patience,
			isRepeatable: true,
			onReply: register,
			onFailure: end
		});
		return () => {
			isOver = true;
			observation?.cancel();
		};
	}

	/** What is not sealed, or by who is no member any more, gets 4.01. */
	#guard(request: ServerRequest, exchange: Exchange, handler: LinkHandler): void {
		const from = this.#sender(request);
		if (from === undefined) {
			exchange.respond({ code: Code.Unauthorized });
			return;
		}
		this.#rekeying.busy(from.idText);
		this.#learn(from.idText, { host: request.address, port: request.port });
		const answer: Answer = {
			reply: payload => exchange.respond({ code: Code.Content, payload }),
			refuse: (code, reason) => exchange.respond({ code, payload: encodeUtf8(reason) })
		};
		try {
			handler(from, request.payload, answer);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			answer.refuse(Code.BadRequest, error.message);
		}
	}

	/** The member that sealed a request. */
	#sender(request: ServerRequest): Member | undefined {
		return request.secured ? this.#options.chain.members.get(request.peer) : undefined;
	}

	#ask(request: LinkRequest, address: Address, deadline: number, effort: Effort): void {
		const { peer } = request;
		const { clock, layer } = this.#options;
		if (!this.#isMember(peer)) {
			request.onFailure(new LinkError("not a member"));
			return;
		}
		if (this.#contexts.live(peer) === undefined && !this.#secrets.has(peer)) {
			this.#shakeHands(request, address, deadline, effort);
			return;
		}
		const hadContext = this.#contexts.live(peer) !== undefined;
		try {
			layer.request({
				peer,
				address: address.host,
				port: address.port,
				code: request.code,
				options: pathOptions(request.path),
				payload: request.payload,
				timeout: Math.max(1, deadline - clock.now()),
				onResponse: response => this.#answered(request, response),
				onFailure: error => this.#failed(request, address, deadline, effort, hadContext, error)
			});
		} catch (error) {
			if (error instanceof ContextError || error instanceof SequenceError) {
				this.#shakeHands(request, address, deadline, effort);
			} else if (error instanceof CoapError) {
				request.onFailure(new LinkError(error.message));
			} else {
				throw error;
			}
		}
	}

	#answered(request: LinkRequest, response: Response): void {
		this.#learn(request.peer, { host: response.address, port: response.port });
		if (response.code !== Code.Content) {
			request.onFailure(new LinkError(refusalText(response), response.code));
			return;
		}
		try {
			request.onReply(response.payload);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			request.onFailure(new LinkError(error.message));
		}
	}

	/**
	 * An error in the clear proves nothing and discards nothing: it is a reason to try fresh keys, then a handshake. The
	 * request goes again only where that does no harm, or where it went as one that nobody acts on.
	 */
	#failed(
		request: LinkRequest,
		address: Address,
		deadline: number,
		effort: Effort,
		hadContext: boolean,
		error: CoapError
	): void {
		const mayGoAgain = request.isRepeatable || !hadContext;
		if (!(error instanceof UnprotectedError) || error.code !== Code.Unauthorized) {
			request.onFailure(new LinkError("no answer"));
		} else if (hadContext && effort === "none") {
			const isDoubted = this.#contexts.doubt(request.peer);
			if (mayGoAgain && isDoubted) this.#ask(request, address, deadline, "renewed");
			else request.onFailure(new LinkError("no answer"));
		} else if (mayGoAgain && effort !== "handshaken") {
			this.#shakeHands(request, address, deadline, effort);
		} else {
			request.onFailure(new LinkError("no answer"));
		}
	}

	#shakeHands(request: LinkRequest, address: Address, deadline: number, effort: Effort): void {
		if (effort === "handshaken") {
			request.onFailure(new LinkError("no answer"));
			return;
		}
		this.#handshakes.start(request.peer, address, error => {
			if (error !== undefined) request.onFailure(error);
			else if (this.#options.clock.now() >= deadline) request.onFailure(new LinkError("no answer"));
			else this.#ask(request, address, deadline, "handshaken");
		});
	}

	/** The peer has proven who it is, over a handshake: its keys take the place of the ones before. */
	#take(peer: IdText, session: Session, address: Address): void {
		const parameters = { name: peer, ...session.oscore() };
		this.#secrets.put(peer, parameters);
		this.#contexts.add(new SecurityContext(parameters));
		session.close();
		this.#rekeying.done(peer);
		this.#learn(peer, address);
	}

	#credentialOf(kid: Uint8Array): Credential | undefined {
		const member = this.#options.chain.members.get(kid);
		if (member !== undefined) return makeCredential({ kid: member.id, publicKey: decompress(member.key) });
		const introduced = this.#introduced;
		return introduced !== undefined && sameId(introduced.kid, kid) ? introduced : undefined;
	}

	#isMember(peer: IdText): boolean {
		const { chain } = this.#options;
		if (chain.members.get(peer) !== undefined) return true;
		// Its block may be among what was damaged: who had a session was a member, and can give the blocks back.
		if (chain.isDamaged && this.#secrets.has(peer)) return true;
		return this.#introduced !== undefined && toHex(this.#introduced.kid) === peer;
	}

	#learn(id: IdText, address: Address): void {
		try {
			this.#options.peers.learn(id, address);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}
}
