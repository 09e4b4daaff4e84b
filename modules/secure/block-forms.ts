import { concat } from "../bytes/bytes.js";
import { type CborValue, decode, encode, isBytes, isInteger } from "../cbor/cbor.js";
import {
	type AddBody,
	anchorsLimit,
	BlockError,
	bodyFromCbor,
	bodyToCbor,
	idLength,
	Kind,
	prefixLength
} from "../chain/chain.js";
import {
	type AuthorSummary,
	authorsLimit,
	type BlocksQuery,
	batchLimit,
	type Comparison,
	coveredLimit,
	type Delivery,
	isBundle,
	MessageError,
	type PeerPlace,
	Prefixes,
	placesLimit,
	type Summary
} from "../node/node.js";
import { bytes, form, list, parted, row, whole } from "./cbor-forms.js";

/** Bytes of a place: node id, IPv4 address, port. */
const placeLength = idLength + 6;
/** Bytes of an author's summary: node id, count, digest. */
const authorLength = idLength + 2 + prefixLength;
const digestLength = 32;
/** Most hashes in one message: the blocks that are kept, and some more that another may keep. */
const hashesLimit = 512;

/** What is asked, by the number that comes first. */
const Query = Object.freeze({
	compare: 0,
	authors: 1,
	want: 2,
	checkpoint: 3,
	removal: 4,
	successor: 5,
	statement: 6
} as const);
/** Bytes of a compressed public key. */
const keyLength = 33;

/** What is asked and answered in the clear, by who cannot authenticate, about what proves itself. */
export type OpenQuery =
	/** What shows that a node was removed, by its id. */
	| { readonly removal: Uint8Array }
	/** The block by which the one who is asked gave up this key, 33 bytes. */
	| { readonly successor: Uint8Array }
	/** The signature of the one who is asked under what it said of itself before, for another base. */
	| { readonly statement: StatementQuery };

export interface StatementQuery {
	/** The era's id, 16 bytes. */
	readonly era: Uint8Array;
	/** The base's number. */
	readonly number: number;
	/** What it said before, with its signature; the sponsor is named. */
	readonly said: AddBody;
}

export const blocksQuery = form<BlocksQuery>(
	query => {
		if ("want" in query) return encode([Query.want, row(query.want)]);
		if ("authors" in query) return encode([Query.authors, row(query.authors)]);
		if ("checkpoint" in query) return encode([Query.checkpoint]);
		return encode([Query.compare, query.digest, placesRow(query.peers)]);
	},
	payload => {
		const [kind, first, second] = list(decode(payload));
		switch (kind) {
			case Query.compare:
				return { digest: bytes(first, digestLength, "digest"), peers: places(second) };
			case Query.authors:
				return { authors: parted(first, idLength, authorsLimit, "ids") };
			case Query.want:
				return { want: parted(first, prefixLength, batchLimit, "hashes") };
			case Query.checkpoint:
				return { checkpoint: true };
			default:
				throw new MessageError("no such question");
		}
	}
);

export const openQuery = form<OpenQuery>(
	query => {
		if ("removal" in query) return encode([Query.removal, query.removal]);
		if ("successor" in query) return encode([Query.successor, query.successor]);
		const { era, number, said } = query.statement;
		return encode([Query.statement, era, number, bodyToCbor(said)]);
	},
	payload => {
		const [kind, first, number, said] = list(decode(payload));
		switch (kind) {
			case Query.removal:
				return { removal: bytes(first, idLength, "id") };
			case Query.successor:
				return { successor: bytes(first, keyLength, "key") };
			case Query.statement:
				if (!isInteger(number, 0)) throw new MessageError("the base has no number");
				return { statement: { era: bytes(first, prefixLength, "era"), number, said: addIn(said) } };
			default:
				throw new MessageError("no such question");
		}
	}
);

function addIn(value: CborValue | undefined): AddBody {
	try {
		const body = bodyFromCbor(Kind.add, value ?? null);
		if (body.kind === Kind.add) return body;
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
	}
	throw new MessageError("not what a joiner says of itself");
}

export const comparison = form<Comparison>(
	({ digest, authority, summary, covered, peers }) => {
		const differs = summary === undefined ? null : summaryItem(summary);
		return encode([digest, authority, differs, covered.row, placesRow(peers)]);
	},
	payload => {
		const [digest, authority, summary, covered, peers] = list(decode(payload));
		return {
			digest: bytes(digest, digestLength, "digest"),
			authority: bytes(authority, digestLength, "digest"),
			summary: summary === null ? undefined : readSummary(summary),
			covered: new Prefixes(whole(covered, prefixLength, coveredLimit, "hashes")),
			peers: places(peers)
		};
	}
);

export const hashes = form<Prefixes>(
	({ row }) => encode(row),
	payload => new Prefixes(whole(decode(payload), prefixLength, hashesLimit, "hashes"))
);

/** Blocks are a list of byte strings; a checkpoint is a list that begins with null. */
export const delivery = form<Delivery>(
	value =>
		isBundle(value) ? encode([null, value.checkpoint, value.table, [...value.anchors]]) : encode([...value]),
	payload => {
		const items = list(decode(payload));
		if (items[0] !== null) return byteStrings(items, batchLimit);
		const [, checkpoint, table, anchors] = items;
		if (!isBytes(checkpoint) || !isBytes(table)) throw new MessageError("not a checkpoint");
		return { checkpoint, table, anchors: byteStrings(list(anchors), anchorsLimit) };
	}
);

function byteStrings(items: readonly CborValue[], limit: number): Uint8Array[] {
	if (items.length > limit) throw new MessageError("too many blocks");
	return items.map(item => {
		if (!isBytes(item)) throw new MessageError("a block is not a byte string");
		return item;
	});
}

function summaryItem({ base, authors }: Summary): CborValue {
	const rows = authors.map(({ id, count, digest }) =>
		concat(id, Uint8Array.of(count >> 8, count & 255), digest)
	);
	const { era, opening, number, hash } = base;
	return [era, opening, number, hash, row(rows)];
}

function readSummary(value: CborValue): Summary {
	const [era, opening, number, hash, authors] = list(value);
	if (!isInteger(era, 0) || !isInteger(number, 0)) throw new MessageError("the base has no number");
	return {
		base: {
			era,
			opening: bytes(opening, prefixLength, "hash"),
			number,
			hash: bytes(hash, prefixLength, "hash")
		},
		authors: parted(authors, authorLength, authorsLimit, "authors").map(readAuthor)
	};
}

function readAuthor(part: Uint8Array): AuthorSummary {
	return {
		id: part.slice(0, idLength),
		count: part[idLength] * 256 + part[idLength + 1],
		digest: part.slice(idLength + 2)
	};
}

function placesRow(peers: readonly PeerPlace[]): Uint8Array {
	return row(
		peers.map(({ id, address: { host, port } }) =>
			concat(id, Uint8Array.from(host.split("."), Number), Uint8Array.of(port >> 8, port & 255))
		)
	);
}

function places(value: CborValue): PeerPlace[] {
	return parted(value, placeLength, placesLimit, "addresses").map(part => ({
		id: part.slice(0, idLength),
		address: {
			host: part.subarray(idLength, idLength + 4).join("."),
			port: part[idLength + 4] * 256 + part[idLength + 5]
		}
	}));
}
