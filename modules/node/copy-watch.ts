import { concat, encodeUtf8, equalBytes } from "../bytes/bytes.js";
import type { Cancel, Clock } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Exchange,
	type Layer,
	pathOptions,
	type Resources,
	type ServerRequest
} from "../coap/coap.js";
import { constantTimeEqual, hmacSha256, sha256 } from "../crypto/crypto.js";
import { type Address, addressText } from "./address.js";

/** Where a node asks whether there is another one of itself. */
export const copyPath = "/copy";

const nonceLength = 16;
/** Of an HMAC-SHA-256. */
const tagLength = 16;
/** What a tag is of, before the nonce. */
const asking = Uint8Array.of(1);
const answering = Uint8Array.of(2);

/** Milliseconds from the start to the first look around, at least, and at random on top of it. */
const firstLook = 2_000;
const firstSpread = 8_000;
/** Milliseconds between two looks around; and between two questions to a copy that was found. */
const lookInterval = 600_000;
const copyInterval = 60_000;
/** Least milliseconds between two questions, and for an answer. */
const questionInterval = 5_000;
const patience = 3_000;
/** Most addresses that wait to be asked. */
const waitingLimit = 4;
/** Milliseconds without an answer after which a copy is taken to be gone. */
const remembered = 3_600_000;

export interface CopyWatchOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	/** This node's private key, as it is now. */
	readonly secret: () => Uint8Array;
	/** Finds who says that it is this node, which anyone can say. Calls back once. */
	readonly seek: (found: (places: readonly Address[]) => void) => void;
	/** Another node has this node's key; told once for each address. */
	readonly onCopy: (place: string) => void;
}

/** A copy of this node, as people see it. */
export interface Copy {
	readonly place: string;
	/** Milliseconds since it has shown that it has the key. */
	readonly age: number;
}

/**
 * Looks for another node that has this node's identity: of a copied folder, or a card that was put back. Anyone can say that it is
 * this node. So it is asked to show a tag, over a nonce of this node's, by what only the private key gives. A node never answers its
 * own question, so who sends that back to it, or on to it from elsewhere, shows nothing; and who asks with a right tag may be
 * repeating what it has heard, so it is believed only once it has answered as well.
 */
export class CopyWatch {
	readonly #options: CopyWatchOptions;
	readonly #waiting: Address[] = [];
	/** Of the question that is under way. */
	#nonce: Uint8Array | undefined;
	#isAsking = false;
	#isOver = false;
	#look: Cancel = () => undefined;
	#found: { readonly address: Address; readonly place: string; readonly at: number } | undefined;

	constructor(options: CopyWatchOptions) {
		this.#options = options;
		options.resources.serve(copyPath, { [Code.Post]: (request, exchange) => this.asked(request, exchange) });
	}

	/** The one that was found; undefined where there is none, or none any more. */
	get copy(): Copy | undefined {
		const found = this.#found;
		if (found === undefined) return undefined;
		const age = this.#options.clock.now() - found.at;
		return age > remembered ? undefined : { place: found.place, age };
	}

	/** Begins to look around: this node, or its network, is there now. */
	start(): void {
		const [chance = 0] = this.#options.random(1);
		this.lookIn(firstLook + (firstSpread * chance) / 256);
	}

	/** There is no network: looks around no more until it is started again. */
	pause(): void {
		this.#look();
		this.#waiting.length = 0;
	}

	stop(): void {
		this.#isOver = true;
		this.pause();
	}

	/** Somebody says that this node is, or was, there. */
	heard(address: Address): void {
		const text = addressText(address);
		const isKnown = this.#waiting.some(other => addressText(other) === text);
		if (this.#isOver || isKnown || this.#waiting.length === waitingLimit) return;
		this.#waiting.push(address);
		if (!this.#isAsking) this.next();
	}

	private lookIn(milliseconds: number): void {
		this.#look();
		if (this.#isOver) return;
		this.#look = this.#options.clock.after(milliseconds, () => {
			this.lookIn(this.copy === undefined ? lookInterval : copyInterval);
			if (this.#found !== undefined) this.heard(this.#found.address);
			this.#options.seek(places => {
				for (const place of places) this.heard(place);
			});
		});
	}

	private next(): void {
		const address = this.#waiting.shift();
		this.#isAsking = address !== undefined;
		if (address === undefined) return;
		this.#options.clock.after(questionInterval, () => this.next());
		this.ask(address);
	}

	private ask(address: Address): void {
		const { layer, random } = this.#options;
		const nonce = random(nonceLength);
		this.#nonce = nonce;
		try {
			layer.request({
				address: address.host,
				port: address.port,
				code: Code.Post,
				options: pathOptions(copyPath),
				payload: concat(nonce, this.tagOf(asking, nonce)),
				timeout: patience,
				onResponse: ({ code, payload }) => {
					if (code === Code.Changed && constantTimeEqual(payload, this.tagOf(answering, nonce)))
						this.met(address);
				},
				onFailure: () => undefined
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
		}
	}

	private met(address: Address): void {
		const { clock, onCopy } = this.#options;
		const place = addressText(address);
		const isNew = this.copy?.place !== place;
		this.#found = { address, place, at: clock.now() };
		if (!isNew) return;
		onCopy(place);
		this.lookIn(copyInterval);
	}

	private asked({ payload, address: host, port }: ServerRequest, exchange: Exchange): void {
		const nonce = payload.slice(0, nonceLength);
		if (!constantTimeEqual(payload.subarray(nonceLength), this.tagOf(asking, nonce))) {
			exchange.respond({ code: Code.Unauthorized });
			return;
		}
		if (this.#nonce !== undefined && equalBytes(nonce, this.#nonce)) {
			exchange.drop();
			return;
		}
		exchange.respond({ code: Code.Changed, payload: this.tagOf(answering, nonce) });
		this.heard({ host, port });
	}

	private tagOf(what: Uint8Array, nonce: Uint8Array): Uint8Array {
		const key = sha256(encodeUtf8("copy of a node"), this.#options.secret());
		const tag = hmacSha256(key, what, nonce).subarray(0, tagLength);
		key.fill(0);
		return tag;
	}
}
