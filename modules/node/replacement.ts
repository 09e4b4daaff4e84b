import type { Chain, GrantBody, Member, Permission } from "../chain/chain.js";
import { BlockError, Kind, sameId } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, TimeoutError } from "../coap/coap.js";
import { typeName } from "../devices/devices.js";
import { grantFault } from "./granting.js";
import type { Link, LinkError, LinkRequest } from "./link.js";
import { type Naming, placePath, placeWindow } from "./naming.js";
import type { Notation } from "./notation.js";
import type { Done, Stewardship } from "./stewardship.js";

/** Milliseconds for the answer of the one that is to take the place. */
const patience = 15_000;
/** Milliseconds before that in which nothing may act any more, for clocks that do not run alike. */
const margin = 500;
/** How often it is asked again with the Echo that it gave. */
const challengesLimit = 3;

export interface ReplacementOptions {
	readonly chain: Chain;
	readonly clock: Pick<Clock, "now">;
	readonly link: Pick<Link, "request">;
	readonly notation: Notation;
	readonly steward: Stewardship;
	readonly naming: Naming;
	/** This node's id. */
	readonly id: Uint8Array;
}

/** Who takes whose place. */
export interface Places {
	readonly old: Member;
	readonly heir: Member;
}

/**
 * Has a member take the place of another, which is dead: its name, its grants, and those for its lock; then removes it. First the heir is
 * asked, which keeps whose name it is to take: where it does not answer nothing has changed. What is done already is left out, so
 * that after a power cut the same goes on where it was. The heir takes the name by itself, once it hears that it is free.
 */
export class Replacement implements LinkRequest {
	readonly code = Code.Post;
	readonly path = placePath;
	readonly isActing = true;
	readonly #options: ReplacementOptions;
	readonly #places: Places;
	readonly #done: Done;
	/** Unknown until the heir has the place: what others say meanwhile counts. */
	#todo: ((done: Done) => void)[] | undefined;
	/** When the heir was asked first. */
	#asked = 0;
	#challenges = 0;

	constructor(options: ReplacementOptions, places: Places, done: Done) {
		this.#options = options;
		this.#places = places;
		this.#done = done;
	}

	/** Why that cannot be, or undefined: to be asked before a person is. */
	static fault({ chain, steward, id }: ReplacementOptions, { old, heir }: Places): string | undefined {
		if (sameId(old.id, heir.id)) return "these are the same node";
		if (sameId(old.id, id)) return "this node is here, and not to be replaced";
		const refusal = steward.faultOf({ kind: Kind.remove, taking: 1, ids: [old.id] });
		if (refusal !== undefined) return refusal;
		const { members } = chain;
		if (heir.isFrozen) return `two keys claim to be ${members.label(heir)}`;
		if (old.type === heir.type) return undefined;
		const [was, is] = [old, heir].map(({ type }) => typeName(type));
		return `${members.label(old)} is a ${was}, and ${members.label(heir)} a ${is}: a node takes the place of its like`;
	}

	/** What has to be granted, since it was to the old one, or for it: with its limits, and counted on. */
	static grants(chain: Chain, { old, heir }: Places): GrantBody[] {
		const bodies: GrantBody[] = [];
		const inPlace = (id: Uint8Array) => (sameId(id, old.id) ? heir.id : id).slice();
		const all = [...chain.members.roster.grants];
		for (const { id, action, node, device, limits, origin } of all) {
			if (!sameId(id, old.id) && !(node !== null && sameId(node, old.id))) continue;
			const body = { id: inPlace(id), action, node: node === null ? null : inPlace(node), device };
			const who = chain.members.get(body.id);
			const on = body.node === null ? null : chain.members.get(body.node);
			if (who === undefined || on === undefined) continue;
			if (grantFault(chain, who, { action, device: on }) !== undefined) continue;
			if (limits !== null && all.some(given => isSame(given, body))) continue;
			const counted = limits === null || limits.times === null ? null : origin;
			bodies.push({ kind: Kind.grant, ...body, limits, counted });
		}
		return bodies;
	}

	begin(): void {
		const { naming, link, id } = this.#options;
		const { old, heir } = this.#places;
		if (!sameId(heir.id, id)) {
			this.#asked = this.#options.clock.now();
			link.request(this);
			return;
		}
		const fault = naming.takePlace(old);
		if (fault === undefined) this.next();
		else this.#done(fault);
	}

	get peer(): string {
		return this.#places.heir.idText;
	}

	get payload(): Uint8Array {
		return this.#options.notation.place.write(this.#places.old.id.slice());
	}

	/** Milliseconds that are left for the answer. */
	get timeout(): number {
		return Math.max(1, this.#asked + patience - this.#options.clock.now());
	}

	/** Nothing is sent that the heir might act on after its owner was told that it does not answer. */
	onSealing(heard: number | undefined): void {
		if ((heard ?? this.#asked) + placeWindow > this.#asked + patience - margin)
			throw new TimeoutError("the time in which it may act is over");
	}

	onReply(): void {
		this.next();
	}

	onFailure(error: LinkError): void {
		if (error.code === Code.Unauthorized && this.#challenges < challengesLimit) {
			this.#challenges += 1;
			this.#options.link.request(this);
			return;
		}
		const label = this.#options.chain.members.label(this.#places.heir);
		if (error.code !== undefined) this.#done(`${label} says: ${error.message}; nothing was changed`);
		else {
			// It may have heard it, and kept it.
			const { name } = this.#places.old;
			const end = `if it heard this all the same, it calls itself ${name} once that is put out ("rename" on it ends that)`;
			this.#done(`${label} does not answer; nothing was changed; ${end}`);
		}
	}

	/** What is to be done, by the chain as it is now. */
	private steps(): ((done: Done) => void)[] {
		const { chain, steward } = this.#options;
		const { old, heir } = this.#places;
		const steps: ((done: Done) => void)[] = [];
		if (chain.members.get(heir.id)?.isProvisional === true) steps.push(done => steward.confirm(heir, done));
		for (const body of Replacement.grants(chain, this.#places)) steps.push(done => this.give(body, done));
		steps.push(done => steward.remove([old], done));
		return steps;
	}

	/** Grants what the old one is granted by the time that it is signed: another owner may have withdrawn it meanwhile. */
	private give(body: GrantBody, done: Done): void {
		const { chain, steward } = this.#options;
		const due = () => Replacement.grants(chain, this.#places).find(other => isSame(other, body));
		const sayNow = () => {
			const now = due();
			if (now === undefined) throw new BlockError("rank", "");
			return now;
		};
		steward.give(body, fault => done(due() && fault), sayNow);
	}

	private next(): void {
		if (this.#options.chain.members.get(this.#places.heir.id) === undefined) {
			this.#done("the new one is no member any more");
			return;
		}
		this.#todo ??= this.steps();
		const step = this.#todo.shift();
		if (step === undefined) {
			this.#done();
			return;
		}
		step(fault => {
			if (fault === undefined) this.next();
			else this.#done(`${fault}; say it again to go on`);
		});
	}
}

/** Whether two say that the same member may do the same to the same device. */
function isSame(a: Permission, b: Permission): boolean {
	const isSameNode = a.node === null || b.node === null ? a.node === b.node : sameId(a.node, b.node);
	return sameId(a.id, b.id) && a.action === b.action && a.device === b.device && isSameNode;
}
