import { encodeUtf8 } from "../bytes/bytes.js";
import { type AddBody, type IdText, isIdText } from "../chain/chain.js";
import type { Cancel } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Exchange,
	type PendingRequest,
	pathOptions,
	type Response,
	type ServerRequest
} from "../coap/coap.js";
import {
	type Address,
	type Answer,
	addressText,
	type Link,
	LinkError,
	type LinkHandler,
	type LinkOptions,
	type LinkRequest,
	MessageError,
	type ObserveRequest,
	refusalText,
	StrangerReports
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import { Vigenere } from "../vigenere/vigenere.js";
import { openMessage, openText, sealMessage, textField } from "./paper-message.js";

/** Where a node of a paper home takes authentication requests. */
export const authenticationPath = "/auth";

/** Most peers whose authentication is remembered; the oldest authenticates again. */
const sessionsLimit = 64;

/** A request whose callbacks are not called any more once it is cancelled. */
class CancellableRequest implements LinkRequest, PendingRequest {
	readonly #request: LinkRequest;
	#isOver = false;

	constructor(request: LinkRequest) {
		this.#request = request;
	}

	get peer(): IdText {
		return this.#request.peer;
	}

	get code(): number {
		return this.#request.code;
	}

	get path(): string {
		return this.#request.path;
	}

	get payload(): Uint8Array {
		return this.#request.payload;
	}

	get timeout(): number {
		return this.#request.timeout;
	}

	onReply(payload: Uint8Array): void {
		if (!this.#isOver) this.#request.onReply(payload);
	}

	onFailure(error: LinkError): void {
		if (!this.#isOver) this.#request.onFailure(error);
	}

	cancel(): void {
		this.#isOver = true;
	}
}

/**
 * Requests between the members of a paper home: every payload under the home's Vigenere key, and none answered
 * before the asker has authenticated. To authenticate means, as in the paper, to name a node id that is on the
 * chain; the address it came from stands for that node until another takes its place.
 */
export class PaperLink implements Link {
	readonly #options: LinkOptions;
	readonly #cipher: Vigenere;
	readonly #strangers: StrangerReports;
	/** Who authenticated to us, by where from. */
	readonly #sessions = new Map<string, IdText>();
	/** Who has accepted our authentication, and where. */
	readonly #accepted = new Map<IdText, string>();

	constructor(options: LinkOptions) {
		this.#options = options;
		this.#cipher = new Vigenere(options.identity.secret);
		const isKnown = (address: Address) => options.peers.hasAt(address);
		this.#strangers = new StrangerReports({ ...options, isKnown });
		options.resources.serve(authenticationPath, {
			[Code.Post]: (request, exchange) => this.authenticated(request, exchange)
		});
	}

	/** How many peers have authenticated to this node. */
	get sessions(): number {
		return this.#sessions.size;
	}

	/** There are none to agree on. */
	hasKeys(): boolean {
		return true;
	}

	get isAgreeing(): boolean {
		return false;
	}

	/** A paper home keeps its password. */
	agree(): void {}

	/** Who asks is looked up on the chain each time. */

	/** Nothing runs by itself. */
	stop(): void {}

	/** Members of a paper home have no keys to be known by. */
	ownKeyChanged(): void {}

	introduce(): void {}

	/** Who was left out joins again: a paper home always invites. */
	askStatement(_said: AddBody, _number: number, done: (signature: undefined) => void): void {
		done(undefined);
	}

	/** As with all else here, who says so is believed. */
	visit(peer: IdText, address: Address): void {
		this.#options.peers.learn(peer, address, false);
	}

	/** Asks a member. Authenticates first where that was not done, and again when the peer has forgotten it. */
	request(given: LinkRequest): PendingRequest {
		const request = new CancellableRequest(given);
		const deadline = this.#options.clock.now() + request.timeout;
		const address = this.#options.peers.addressOf(request.peer);
		if (address !== undefined) {
			this.ask(request, address, deadline, true);
			return request;
		}
		this.#options.locate(request.peer, found => {
			if (found === undefined) request.onFailure(new LinkError("no answer"));
			else this.ask(request, found, deadline, true);
		});
		return request;
	}

	/** Answers members who have authenticated; anyone else gets 4.01, and what is no message 4.00. */
	serve(
		path: string,
		handlers: { readonly [method: number]: LinkHandler },
		state?: () => Uint8Array
	): () => void {
		const guarded: { [method: number]: (request: ServerRequest, exchange: Exchange) => void } = {};
		for (const [method, handler] of Object.entries(handlers)) {
			guarded[Number(method)] = (request, exchange) => this.guard(request, exchange, handler);
		}
		if (state !== undefined) {
			guarded[Code.Get] = (request, exchange) =>
				this.guard(request, exchange, (_from, _payload, answer) => answer.reply(state()));
		}
		this.#options.resources.serve(path, guarded);
		return () => undefined;
	}

	/** The paper knows no observation. */
	observe({ onEnd }: ObserveRequest): Cancel {
		return this.#options.clock.after(0, () => onEnd(new LinkError("the paper suite cannot watch")));
	}

	private guard(request: ServerRequest, exchange: Exchange, handler: LinkHandler): void {
		const id = this.#sessions.get(addressText({ host: request.address, port: request.port }));
		const from = id === undefined ? undefined : this.#options.chain.members.get(id);
		if (from === undefined) {
			exchange.respond({ code: Code.Unauthorized });
			return;
		}
		const answer: Answer = {
			reply: text => exchange.respond({ code: Code.Content, payload: this.#cipher.encipher(text) }),
			refuse: (code, reason) => exchange.respond({ code, payload: encodeUtf8(reason) }),
			challenge: () => exchange.respond({ code: Code.Unauthorized })
		};
		try {
			// The paper's messages do not tell when they were sent.
			handler(from, openText(request.payload, this.#cipher), answer, undefined);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			answer.refuse(Code.BadRequest, error.message);
		}
	}

	/** An unknown node id gets no answer at all, nor does who does not know the key. */
	private authenticated(request: ServerRequest, exchange: Exchange): void {
		const { identity, chain, onStranger } = this.#options;
		let id: IdText | undefined;
		try {
			const text = textField(openMessage(request.payload, this.#cipher), "node");
			if (isIdText(text)) id = text;
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
		}
		const member = id === undefined ? undefined : chain.members.get(id);
		if (member === undefined || id === identity.idText) {
			exchange.drop();
			const address = { host: request.address, port: request.port };
			this.#strangers.saw(address, `authentication of ${addressText(address)} dropped: not on the chain`);
			if (id !== undefined && member === undefined) onStranger();
			return;
		}
		const address = { host: request.address, port: request.port };
		this.remember(addressText(address), member.idText);
		this.learn(member.idText, address);
		const message = { reply: "authenticated", node: identity.idText };
		exchange.respond({ code: Code.Changed, payload: sealMessage(message, this.#cipher) });
	}

	private remember(address: string, id: IdText): void {
		this.#sessions.delete(address);
		this.#sessions.set(address, id);
		for (const oldest of this.#sessions.keys()) {
			if (this.#sessions.size <= sessionsLimit) break;
			this.#sessions.delete(oldest);
		}
	}

	private learn(id: IdText, address: Address): void {
		try {
			this.#options.peers.learn(id, address);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}

	private ask(request: LinkRequest, address: Address, deadline: number, mayAuthenticate: boolean): void {
		if (this.#accepted.get(request.peer) !== addressText(address)) {
			this.authenticate(request, address, deadline);
			return;
		}
		const { code, path } = request;
		const payload = this.#cipher.encipher(request.payload);
		this.send(code, path, payload, address, deadline, request, response => {
			if (response.code === Code.Unauthorized && mayAuthenticate) {
				// The peer has started again and never looked at the request: it may be sent once more.
				this.#accepted.delete(request.peer);
				this.ask(request, address, deadline, false);
				return;
			}
			if (response.code !== Code.Content) {
				request.onFailure(new LinkError(refusalText(response), response.code));
				return;
			}
			this.read(request, () => request.onReply(openText(response.payload, this.#cipher)));
		});
	}

	private authenticate(request: LinkRequest, address: Address, deadline: number): void {
		const message = { request: "authentication", node: this.#options.identity.idText };
		const payload = sealMessage(message, this.#cipher);
		this.send(Code.Post, authenticationPath, payload, address, deadline, request, response => {
			if (response.code !== Code.Changed) {
				request.onFailure(new LinkError(refusalText(response), response.code));
				return;
			}
			this.read(request, () => {
				const reply = openMessage(response.payload, this.#cipher);
				if (reply.node !== request.peer) {
					request.onFailure(new LinkError("another node answers at its address"));
					return;
				}
				this.#accepted.set(request.peer, addressText(address));
				this.learn(request.peer, address);
				this.ask(request, address, deadline, false);
			});
		});
	}

	/** Reads an answer; one that cannot be read fails the request. */
	private read(request: LinkRequest, read: () => void): void {
		try {
			read();
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			request.onFailure(new LinkError(error.message));
		}
	}

	private send(
		code: number,
		path: string,
		payload: Uint8Array,
		address: Address,
		deadline: number,
		request: LinkRequest,
		onResponse: (response: Response) => void
	): void {
		const { clock, layer } = this.#options;
		try {
			layer.request({
				address: address.host,
				port: address.port,
				code,
				options: pathOptions(path),
				payload,
				timeout: Math.max(1, deadline - clock.now()),
				onResponse,
				onFailure: () => {
					request.onFailure(new LinkError("no answer"));
					this.#options.onMissed(request.peer);
				}
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			request.onFailure(new LinkError(error.message));
		}
	}
}
