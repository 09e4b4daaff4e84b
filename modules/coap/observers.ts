import { codeClass } from "./code.js";
import type { Exchange, Notifier, Reply } from "./layer.js";

/** The observers of one resource. */
export class Observers {
	/** Whom each belongs to, as `ServerRequest.peer` names them. */
	readonly #notifiers = new Map<Notifier, string>();

	get size(): number {
		return this.#notifiers.size;
	}

	/** Answers a request to read, and registers its sender as an observer when it asks for that. */
	answer(request: { readonly peer: string }, exchange: Exchange, reply: Reply): void {
		if (!exchange.observable || codeClass(reply.code) !== 2) {
			exchange.respond(reply);
			return;
		}
		let ended = false;
		let notifier: Notifier | undefined;
		notifier = exchange.observe(reply, () => {
			ended = true;
			if (notifier !== undefined) this.#notifiers.delete(notifier);
		});
		if (notifier !== undefined && !ended) this.#notifiers.set(notifier, request.peer);
	}

	/** Tells all observers the state; an error ends their observations (RFC 7641 section 4.2). */
	notify(reply: Reply, confirmable = true): void {
		for (const notifier of [...this.#notifiers.keys()]) {
			if (codeClass(reply.code) === 2) notifier.notify(reply, confirmable);
			else this.#end(notifier, reply);
		}
	}

	/** Ends the observations of one peer, with a last word if one is given. */
	end(peer: string, reply?: Reply): void {
		for (const [notifier, name] of [...this.#notifiers]) {
			if (name === peer) this.#end(notifier, reply);
		}
	}

	#end(notifier: Notifier, reply?: Reply): void {
		this.#notifiers.delete(notifier);
		notifier.end(reply);
	}
}
