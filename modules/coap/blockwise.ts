import type { Clock } from "../clock/clock.js";
import { MAX_SZX } from "./block.js";
import { BlockwiseClient } from "./blockwise-client.js";
import { BlockwiseServer } from "./blockwise-server.js";
import type { ClientRequest, Handler, Layer, PendingRequest } from "./layer.js";

export interface BlockwiseOptions {
	/** What carries the blocks: an endpoint, or a security layer over one. */
	readonly layer: Layer;
	readonly clock: Clock;
	random(count: number): Uint8Array;
	/** Largest block that we send or ask for: 2^(szx + 4) bytes. Default 6: 1024. */
	readonly szx?: number;
	/** Bytes of the largest body that is taken or kept. Default 65,536. */
	readonly maxBody?: number;
	/** The same for bodies that come in the clear, as it is now. Default `maxBody`. */
	maxOpenBody?(): number;
	/** Bodies kept or coming in at once, for each direction. Default 8. */
	readonly maxTransfers?: number;
	/** Bytes of these together, for each direction. Default 131,072. */
	readonly maxBytes?: number;
	/** Milliseconds after its last block that a server keeps a transfer. Default 93 s (MAX_TRANSMIT_WAIT). */
	readonly lifetime?: number;
	/** Milliseconds for a request with all its blocks unless it says otherwise. Default 247 s. */
	readonly timeout?: number;
}

/**
 * Block-wise transfer (RFC 7959): requests and answers of any size up to `maxBody`, each layer below seeing at
 * most a block of them. Those that fit a block pass unchanged.
 */
export class Blockwise implements Layer {
	readonly #client: BlockwiseClient;
	readonly #server: BlockwiseServer;

	constructor(options: BlockwiseOptions) {
		const defaults = {
			szx: MAX_SZX,
			maxBody: 65_536,
			maxTransfers: 8,
			maxBytes: 131_072,
			lifetime: 93_000,
			timeout: 247_000
		};
		const { maxBody = defaults.maxBody, maxOpenBody = () => maxBody } = options;
		const settings = { ...defaults, ...options, maxBody, maxOpenBody };
		this.#client = new BlockwiseClient(settings);
		this.#server = new BlockwiseServer(settings);
		options.layer.setHandler((request, exchange) => this.#server.handle(request, exchange));
	}

	/** Transfers kept for others: bodies coming in, and bodies being fetched. */
	get transfers(): number {
		return this.#server.transfers;
	}

	/**
	 * As the layer below, with bodies of any size: throws SizeError for one over `maxBody`. Fails with BlockError
	 * when the blocks of the answer do not fit together, also after starting again where that does no harm.
	 */
	request(request: ClientRequest): PendingRequest {
		return this.#client.request(request);
	}

	setHandler(handler: Handler): void {
		this.#server.setHandler(handler);
	}

	/** Forgets every transfer that is kept for others. */
	close(): void {
		this.#server.close();
	}
}
