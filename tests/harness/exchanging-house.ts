import { toHex } from "../../modules/bytes/bytes.js";
import type { Chain } from "../../modules/chain/chain.js";
import type { Cancel } from "../../modules/clock/clock.js";
import { Code } from "../../modules/coap/coap.js";
import { BlockExchange } from "../../modules/node/block-exchange.js";
import { BlockIntake } from "../../modules/node/block-intake.js";
import { LinkError, type LinkHandler } from "../../modules/node/link.js";
import { Peers } from "../../modules/node/peers.js";
import { secureNotation } from "../../modules/secure/secure-notation.js";
import { Store } from "../../modules/store/store.js";
import { Story } from "./chain-story.js";
import { MemoryPreference } from "./memory-preference.js";
import { VirtualClock } from "./virtual-clock.js";

/** Milliseconds that a message is under way. */
const oneWay = 5;

/** Each turn of the loop takes 5 ms: a signature is checked in it. */
class SlowClock extends VirtualClock {
	override after(milliseconds: number, action: () => void): Cancel {
		return super.after(Math.max(5, milliseconds), action);
	}
}

/** Members that exchange blocks over a network. */
export class ExchangingHouse {
	readonly story = new Story();
	readonly clock = new SlowClock();
	/** What the members tell their people. */
	readonly reports: string[] = [];
	readonly #handlers = new Map<string, { readonly [method: number]: LinkHandler }>();
	readonly #chains = new Map<string, Chain>();

	id(name: string): string {
		return toHex(this.story.node(name).id);
	}

	/** A member, with its chain. */
	member(name: string, chain: Chain): BlockExchange {
		const { clock } = this;
		const nothing = () => undefined;
		this.#chains.set(this.id(name), chain);
		return new BlockExchange({
			chain,
			peers: new Peers(new Store({ preference: new MemoryPreference(), domain: name })),
			clock,
			notation: secureNotation,
			self: this.id(name),
			intake: new BlockIntake({ chain, clock, onBlock: nothing, report: nothing }),
			report: text => void this.reports.push(`${name}: ${text}`),
			onSameAuthority: nothing,
			onSelf: nothing,
			link: {
				request: ({ peer, code, payload, onReply, onFailure }) => {
					this.send(name, peer, code, payload, onReply, code => onFailure(new LinkError("refused", code)));
					return { cancel: nothing };
				},
				serve: (_path, handlers) => {
					this.#handlers.set(this.id(name), handlers);
					return nothing;
				}
			}
		});
	}

	/** A member that answers as a test wants. */
	serve(name: string, chain: Chain, handlers: { readonly [method: number]: LinkHandler }): void {
		this.#chains.set(this.id(name), chain);
		this.#handlers.set(this.id(name), handlers);
	}

	/** A request of `from`, a name, to a peer. */
	send(
		from: string,
		to: string,
		code: number,
		payload: Uint8Array,
		onReply: (payload: Uint8Array) => void,
		onRefusal: (code: number) => void
	): void {
		const { clock } = this;
		clock.after(oneWay, () => {
			const member = this.#chains.get(to)?.members.get(this.story.node(from).id);
			if (member === undefined) return;
			this.#handlers.get(to)?.[code]?.(
				member,
				payload,
				{
					reply: reply => clock.after(oneWay, () => onReply(reply)),
					refuse: refusal => clock.after(oneWay, () => onRefusal(refusal)),
					challenge: () => undefined
				},
				undefined
			);
		});
	}

	/** From now on `name` sends a peer the same blocks again and again, two deliveries at a time. Returns how many were taken. */
	flood(name: string, to: string, blocks: readonly Uint8Array[]): () => number {
		const payload = secureNotation.delivery.write(blocks);
		let taken = 0;
		const again = () => {
			this.send(
				name,
				to,
				Code.Post,
				payload,
				() => {
					taken += 1;
					again();
				},
				again
			);
		};
		again();
		again();
		return () => taken;
	}
}
