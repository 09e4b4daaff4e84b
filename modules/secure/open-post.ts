import { CoapError, Code, type Layer, type Option, pathOptions, type Response } from "../coap/coap.js";
import type { Address } from "../node/node.js";
import { echoOf } from "../oscore/oscore.js";

export interface OpenPost {
	/** POST where it does not say otherwise. */
	readonly code?: number;
	readonly layer: Layer;
	readonly address: Address;
	readonly path: string;
	readonly options?: readonly Option[];
	readonly payload: Uint8Array;
	/** Milliseconds for the answer. */
	readonly timeout: number;
	/** Any answer but a challenge. */
	onResponse(response: Response): void;
	/** There is no answer, or the request could not be sent. */
	onSilence(): void;
}

/**
 * A request in the clear, for what stands before all keys: joining, handshakes, a node's own block. Who is under pressure
 * wants its challenge repeated first (RFC 9175 section 2.3), which is done once. Calls back once.
 */
export function postOpenly(post: OpenPost): void {
	send(post, undefined);
}

function send(post: OpenPost, challenge: Option | undefined): void {
	const { code = Code.Post, layer, address, path, options = [] } = post;
	const { payload, timeout } = post;
	try {
		layer.request({
			address: address.host,
			port: address.port,
			code,
			options: [...pathOptions(path), ...options, ...(challenge === undefined ? [] : [challenge])],
			payload,
			timeout,
			onResponse: response => {
				const another = echoOf(response);
				if (another !== undefined && challenge === undefined) send(post, another);
				else post.onResponse(response);
			},
			onFailure: () => post.onSilence()
		});
	} catch (error) {
		// Whatever it is, who waits hears of the end.
		post.onSilence();
		if (!(error instanceof CoapError)) throw error;
	}
}
