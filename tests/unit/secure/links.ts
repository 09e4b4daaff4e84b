import { fromHex, Records, toHex } from "../../../modules/bytes/bytes.js";
import {
	Chain,
	type IdText,
	idLength,
	Membership,
	nodeIdOf,
	SuiteNumber
} from "../../../modules/chain/chain.js";
import { type Member as MemberInChain, type MemberRow, Roster } from "../../../modules/chain/roster.js";
import { Blockwise, Resources } from "../../../modules/coap/coap.js";
import { type Identity, identityOf } from "../../../modules/node/identity.js";
import { HomeSecret, type Link, type LinkError, type LinkRequest } from "../../../modules/node/node.js";
import { Peers } from "../../../modules/node/peers.js";
import { type ContextLookup, Contexts, OscoreLayer } from "../../../modules/oscore/oscore.js";
import { secureSuite } from "../../../modules/secure/secure.js";
import { Store } from "../../../modules/store/store.js";
import { addBody, MemoryStorage, type TestNode, testGenesis, testNode } from "../../harness/blocks.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { counter, type Network, PORT } from "../coap/network.js";

/** A chain from which members can be taken, or given another key: what removals and rotations will do. */
export class ChangingChain extends Chain {
	readonly gone = new Set<IdText>();
	/** Of those that are gone, who was removed. */
	readonly removed = new Set<IdText>();
	readonly keys = new Map<IdText, Uint8Array>();
	/** Ids that no test can find a key for, by those of the keys. */
	readonly ids = new Map<IdText, Uint8Array>();
	readonly #told: (() => void)[] = [];

	override onChanged(listener: () => void): void {
		super.onChanged(listener);
		this.#told.push(listener);
	}

	/** Tells those who listen. */
	tellChanged(): void {
		for (const listener of this.#told) listener();
	}

	override get members(): Membership {
		return changed(super.members, this);
	}
}

/** Who is left of a home, with the keys that they have now. */
function changed(whole: Membership, { gone, removed: out, keys, ids }: ChangingChain): Membership {
	const { removedIds, policies, passwordVersion, extra, roster } = whole;
	const removed = new Records(idLength, removedIds.count + out.size);
	for (let number = 0; number < removedIds.count; number += 1) removed.add(removedIds.at(number));
	for (const id of out) removed.insertOnce(fromHex(id));
	const members = new Roster(roster.size, roster.grants);
	for (const member of roster) {
		const id = ids.get(member.idText) ?? member.id;
		const idText = toHex(id);
		if (gone.has(idText)) continue;
		members.put({ ...rowOf(member), id, key: keys.get(idText) ?? member.key });
	}
	return new Membership({ members, removed, policies, passwordVersion, extra });
}

function rowOf({ id, name, types, key, turn, isFrozen, rank, sponsor, guards }: MemberInChain): MemberRow {
	return { id, name, types, key, turn, isFrozen, rank, sponsor, guards };
}

/** The link of a member with what it stands on; its node is not there. */
export class Member {
	readonly address: string;
	readonly identity: Identity;
	readonly preference = new MemoryPreference();
	readonly chain: ChangingChain;
	readonly peers: Peers;
	readonly reports: string[] = [];
	readonly link: Link;
	readonly store: Store;
	#contexts: Contexts | undefined;

	constructor(
		network: Network,
		address: string,
		own: TestNode,
		all: readonly { node: TestNode; address: string }[],
		random = counter(address.charCodeAt(7))
	) {
		const { clock } = network;
		this.address = address;
		const [founder, ...others] = all;
		if (founder === undefined) throw new Error("nobody");
		this.chain = new ChangingChain({ storage: new MemoryStorage() });
		this.chain.add(testGenesis(founder.node).cose);
		for (const [index, { node }] of others.entries()) {
			const body = addBody(this.chain.era, node, `node ${index}`, { sponsor: founder.node.id });
			this.chain.issue({ author: founder.node.id, privateKey: founder.node.privateKey, time: null, body });
			this.chain.ids.set(toHex(nodeIdOf(node.key)), node.id);
		}
		const identity = identityOf({
			privateKey: own.privateKey,
			name: address,
			type: 1,
			home: this.chain.home ?? new Uint8Array(8),
			suite: SuiteNumber.secure,
			rounds: 1000,
			secret: new Uint8Array(101),
			isConfirmed: true
		});
		this.identity = { ...identity, id: own.id, idText: toHex(own.id) };
		this.store = new Store({ preference: this.preference, domain: "test" });
		this.peers = new Peers(this.store);
		for (const other of all) {
			if (other.address !== address)
				this.peers.learn(toHex(other.node.id), { host: other.address, port: PORT });
		}
		const endpoint = network.endpoint(address);
		let contexts: ContextLookup | undefined;
		const layer = new Blockwise({
			layer: new OscoreLayer({
				layer: endpoint,
				clock,
				contexts: {
					outbound: request => contexts?.outbound(request),
					inbound: hint => contexts?.inbound(hint) ?? []
				}
			}),
			clock,
			random: counter(5)
		});
		this.link = secureSuite.createLink({
			identity: this.identity,
			homeSecret: new HomeSecret(this.store, this.identity),
			chain: this.chain,
			peers: this.peers,
			store: this.store,
			clock,
			random,
			layer,
			resources: new Resources(layer),
			maxContexts: 16,
			seats: {
				seatContexts: seated => {
					contexts = seated;
					if (seated instanceof Contexts) this.#contexts = seated;
				}
			},
			locate: (_peer, found) => found(undefined),
			onMissed: () => undefined,
			onStranger: () => undefined,
			onOpening: () => undefined,
			onRemoved: () => undefined,
			onUnknown: () => undefined,
			report: text => this.reports.push(text)
		});
	}

	get id(): IdText {
		return this.identity.idText;
	}

	get contexts(): Contexts {
		if (this.#contexts === undefined) throw new Error("no contexts");
		return this.#contexts;
	}

	/** Asks a peer; the reply's payload or the failure, once it has come. */
	ask(
		peer: Member,
		more: Pick<LinkRequest, "code" | "path" | "payload" | "isActing" | "isUrgent">
	): (Uint8Array | LinkError)[] {
		const heard: (Uint8Array | LinkError)[] = [];
		this.link.request({
			peer: peer.id,
			timeout: 9_000,
			onReply: payload => heard.push(payload),
			onFailure: error => heard.push(error),
			...more
		});
		return heard;
	}
}

/**
 * Members of one home at addresses 10.0.0.1, 10.0.0.2, ..., the first its founder; `random`: what all take for chance;
 * `ids`: other ids than those of their keys, in hex, but the founder's.
 */
export function members(
	network: Network,
	count: number,
	random?: (count: number) => Uint8Array,
	ids: Readonly<Record<string, string>> = {}
): Member[] {
	const all = Array.from({ length: count }, (_, index) => {
		const address = `10.0.0.${index + 1}`;
		const word = `member ${String.fromCharCode(0x61 + index)}`;
		const node = testNode(word);
		const other = ids[word];
		return { node: other === undefined ? node : { ...node, id: fromHex(other) }, address };
	});
	return all.map(({ node, address }) => new Member(network, address, node, all, random));
}
