import type { IdText } from "../chain/chain.js";
import { type Cancel, type Clock, Recent } from "../clock/clock.js";
import {
	type ClientRequest,
	CoapError,
	Code,
	type Layer,
	type Option,
	type PendingRequest,
	pathOptions,
	type Response
} from "../coap/coap.js";
import {
	type Address,
	blocksPath,
	LinkError,
	type LinkRequest,
	MessageError,
	refusalText
} from "../node/node.js";
import {
	ContextError,
	type Contexts,
	echoOf,
	type SecurityContext,
	SequenceError,
	UnprotectedError
} from "../oscore/oscore.js";
import type { Handshakes } from "./handshakes.js";
import type { SessionSecrets } from "./session-secrets.js";

const nowhere: Address = Object.freeze({ host: "", port: 0 });

/** Least milliseconds between two handshakes with a peer that errors in the clear cause. */
const toldInterval = 1_000;

/** Milliseconds in which a peer that is elsewhere is mostly found. */
const searchTime = 300;

export interface SealedRequestsOptions {
	readonly clock: Clock;
	readonly layer: Layer;
	readonly secrets: SessionSecrets;
	readonly contexts: Contexts;
	readonly handshakes: Handshakes;
	readonly isMember: (peer: IdText) => boolean;
	/** Where a member is known to be. */
	readonly addressOf: (peer: IdText) => Address | undefined;
	/** A member has answered from there, under what it shares with this node. */
	readonly onHeard: (peer: IdText, address: Address) => void;
	/** A member did not answer, or does not for so long that a request was sent again. */
	readonly onMissed: (peer: IdText) => void;
}

/** Requests of this node, each under what it shares with the peer, and under what it can make itself of that. */
export class SealedRequests {
	readonly options: SealedRequestsOptions;
	/** Those that the member has not answered where it was known to be. */
	readonly #missing = new Set<SealedRequest>();
	/** With whom an error in the clear was the cause of a handshake just now. */
	readonly #told: Recent<true>;
	/** Options by path, of which a node asks for few: to make them takes a board half a millisecond. */
	readonly #paths = new Map<string, readonly Option[]>();

	constructor(options: SealedRequestsOptions) {
		this.options = options;
		this.#told = new Recent(options.clock, toldInterval);
	}

	/** A request for a member, to be asked once its address is known, until its time is over. */
	make(request: LinkRequest): SealedRequest {
		return new SealedRequest(this, request);
	}

	/** The options of a path of this node's own choice. */
	optionsOf(path: string): readonly Option[] {
		let options = this.#paths.get(path);
		if (options === undefined) {
			options = pathOptions(path);
			this.#paths.set(path, options);
		}
		return options;
	}

	/** A request finds nobody: the member is looked for, unless it was heard elsewhere already. Whether it is asked there now. */
	missed(request: SealedRequest): boolean {
		const { addressOf, onMissed } = this.options;
		const { peer } = request;
		if (request.isVisit) return false;
		const known = addressOf(peer);
		if (known !== undefined && request.follow(known)) return true;
		this.#missing.add(request);
		onMissed(peer);
		return false;
	}

	/** A request has ended. */
	ended(request: SealedRequest): void {
		this.#missing.delete(request);
	}

	/** A member has answered from an address: what was sent elsewhere for it in vain goes there. */
	heard(peer: IdText, address: Address): void {
		this.options.onHeard(peer, address);
		if (this.#missing.size === 0) return;
		for (const request of [...this.#missing]) {
			if (request.peer !== peer) continue;
			this.#missing.delete(request);
			request.follow(address);
		}
	}

	/** Anyone can send an error in the clear: it is the cause of at most one handshake with a peer in a second. */
	mayBeTold(peer: IdText): boolean {
		const isFree = this.#told.get(peer) === undefined;
		if (isFree) this.#told.set(peer, true);
		return isFree;
	}
}

/** One request, and what is handed down for it, as often as it goes. */
export class SealedRequest implements ClientRequest, PendingRequest {
	readonly #owner: SealedRequests;
	readonly #request: LinkRequest;
	readonly #deadline: number;
	#address: Address = nowhere;
	/** Whether it is to show that the peer is at that address, and nowhere else. */
	#isVisit = false;
	/** What was done for it so far, when the peer said that it has no context for it. */
	#effort: "none" | "renewed" | "handshaken" = "none";
	/** What was live with the peer when it was sealed. */
	#context: SecurityContext | undefined;
	/** Whether it went under keys that the peer may have: not as the first request of a run for fresh ones. */
	#hadContext = true;
	#pending: PendingRequest | undefined;
	/** Ends the wait for the peer to be found elsewhere, or for a handshake with it. */
	#cancelWait: Cancel | undefined;
	#isOver = false;

	constructor(owner: SealedRequests, request: LinkRequest) {
		this.#owner = owner;
		this.#request = request;
		this.#deadline = owner.options.clock.now() + request.timeout;
	}

	get peer(): IdText {
		return this.#request.peer;
	}

	get address(): string {
		return this.#address.host;
	}

	get port(): number {
		return this.#address.port;
	}

	get code(): number {
		return this.#request.code;
	}

	get options(): readonly Option[] {
		return this.#owner.optionsOf(this.#request.path);
	}

	get payload(): Uint8Array {
		return this.#request.payload;
	}

	get timeout(): number {
		return Math.max(1, this.#deadline - this.#owner.options.clock.now());
	}

	get isUrgent(): boolean {
		return this.#request.isUrgent === true;
	}

	get isActing(): boolean {
		return this.#request.isActing === true;
	}

	onSealing(heard: number | undefined): void {
		this.#request.onSealing?.(heard);
	}

	get isVisit(): boolean {
		return this.#isVisit;
	}

	/** Asks the member where it may be. */
	visit(address: Address): void {
		this.#isVisit = true;
		this.send(address);
	}

	/**
	 * Asks the member where its last request came from: it has what that was sealed under. Who cannot answer by that is somebody
	 * else, whose address it may have given as its own: no keys are agreed on there.
	 */
	look(address: Address): void {
		this.#effort = "handshaken";
		this.visit(address);
	}

	/** Asks the member where it is, or later is known to be. */
	send(address: Address): void {
		this.#address = address;
		this.ask();
	}

	/** The member is there: what was sent to another address for it is sent anew. Whether it was. */
	follow(address: Address): boolean {
		if (this.#isOver || (address.host === this.address && address.port === this.port)) return false;
		this.#pending?.cancel();
		this.#cancelWait?.();
		this.#effort = "none";
		this.send(address);
		return true;
	}

	cancel(): void {
		this.#isOver = true;
		this.#owner.ended(this);
		this.#pending?.cancel();
		this.#cancelWait?.();
	}

	onSilent(): void {
		if (!this.#isOver) this.#owner.missed(this);
	}

	fail(reason: string, code?: number): void {
		this.end(new LinkError(reason, code));
	}

	private ask(): void {
		if (this.#isOver) return;
		const { layer, contexts, secrets, isMember } = this.#owner.options;
		const { peer } = this;
		if (!isMember(peer)) {
			this.fail("not a member");
			return;
		}
		const isOutdated = this.#request.path !== blocksPath && secrets.isOutdated(peer);
		if (isOutdated || (contexts.live(peer) === undefined && !secrets.has(peer))) {
			this.shakeHands();
			return;
		}
		this.#hadContext = true;
		this.#context = contexts.live(peer);
		try {
			this.#pending = layer.request(this);
			this.#hadContext = !contexts.isRenewing(peer);
		} catch (error) {
			if (error instanceof ContextError || error instanceof SequenceError) this.shakeHands();
			else if (error instanceof CoapError) this.fail(error.message);
			else this.broken(error);
		}
	}

	/** Whatever was thrown, who waits for the request hears of its end. */
	private broken(error: unknown): never {
		this.fail("an error of this node's own");
		throw error;
	}

	onResponse(response: Response): void {
		this.#owner.ended(this);
		// What other requests to this peer throw then keeps nothing from this one.
		try {
			this.#owner.heard(this.peer, { host: response.address, port: response.port });
		} finally {
			this.answered(response);
		}
	}

	private answered(response: Response): void {
		const { contexts } = this.#owner.options;
		if (this.#isOver) return;
		if (response.code !== Code.Content) {
			try {
				if (this.isActing && needsNewerKeys(response)) contexts.doubt(this.peer);
			} finally {
				this.fail(refusalText(response), response.code);
			}
			return;
		}
		this.#isOver = true;
		try {
			this.#request.onReply(response.payload);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			this.#request.onFailure(new LinkError(error.message));
		}
	}

	onFailure(error: CoapError): void {
		try {
			this.tryOtherKeys(error);
		} catch (fault) {
			this.broken(fault);
		}
	}

	/**
	 * An error in the clear proves nothing and discards nothing: it is a reason to try fresh keys, then a handshake. 4.01
	 * says that the peer has no such keys, 4.00 that it has others under that name.
	 */
	private tryOtherKeys(error: CoapError): void {
		const { contexts, secrets } = this.#owner.options;
		if (!isAboutKeys(error)) {
			this.fail("no answer");
		} else if (this.#hadContext && this.#effort === "none" && secrets.secretOf(this.peer) !== undefined) {
			this.#effort = "renewed";
			// Fresh keys may have been asked for since it was sealed, or even be there.
			const isOutdated = contexts.isRenewing(this.peer) || contexts.live(this.peer) !== this.#context;
			if (isOutdated || contexts.doubt(this.peer, this.isUrgent)) this.ask();
			else this.fail("no answer");
		} else if (this.#effort !== "handshaken" && this.#owner.mayBeTold(this.peer)) {
			// Who does not have what the peer keeps is perhaps somebody else, where the peer was before.
			if (this.#owner.missed(this)) return;
			this.#cancelWait = this.#owner.options.clock.after(searchTime, () => this.shakeHands());
		} else {
			this.fail("no answer");
		}
	}

	private shakeHands(): void {
		if (this.#effort === "handshaken") {
			this.fail("no answer");
			return;
		}
		this.#effort = "handshaken";
		const { clock, handshakes } = this.#owner.options;
		const { peer } = this;
		const address = this.#address;
		// It may take longer than this request has.
		const cancelEnd = clock.after(this.timeout, () => this.fail("no answer"));
		const done = (error: LinkError | undefined) => {
			cancelEnd();
			// It may have been sent elsewhere meanwhile.
			if (this.#address !== address) return;
			if (error !== undefined) this.end(error);
			else if (clock.now() >= this.#deadline) this.fail("no answer");
			else this.ask();
		};
		this.#cancelWait = () => handshakes.leave(peer, address, done);
		handshakes.start(peer, address, done, this.isUrgent);
	}

	private end(error: LinkError): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#cancelWait?.();
		this.#owner.ended(this);
		const { isMember, onMissed } = this.#owner.options;
		this.#request.onFailure(error);
		if (error.code === undefined && isMember(this.peer)) onMissed(this.peer);
	}
}

/** The peer knows keys that it takes for newer, or has issued all Echoes of these: the next ones will do for both. */
function needsNewerKeys(response: Response): boolean {
	const { code } = response;
	return code === Code.Conflict || (code === Code.Unauthorized && echoOf(response) === undefined);
}

function isAboutKeys(error: CoapError): boolean {
	if (!(error instanceof UnprotectedError)) return false;
	return error.code === Code.Unauthorized || error.code === Code.BadRequest;
}
