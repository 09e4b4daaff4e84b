import type { Cancel } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Layer,
	observe,
	type PendingRequest,
	pathOptions,
	type Response
} from "../coap/coap.js";
import { type Address, type Link, LinkError, type ObserveRequest, refusalText } from "../node/node.js";

/** Milliseconds for the reading with which an observation begins. */
const patience = 9_000;

/**
 * Reads a member's state once, which makes a session where there is none, and then observes it under that. The
 * observation ends with the context.
 */
export function observeSealed({
	link,
	layer,
	peers,
	request: { peer, path, onState, onEnd }
}: {
	readonly link: Link;
	readonly layer: Layer;
	readonly peers: { addressOf(peer: string): Address | undefined };
	readonly request: ObserveRequest;
}): Cancel {
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
	link.request({
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
