import { concat } from "../../modules/bytes/bytes.js";
import {
	type AddBody,
	type BlockStorage,
	Kind,
	nodeIdOf,
	type Statement,
	signGenesis,
	statementBytes,
	type TablePlace,
	tagLength
} from "../../modules/chain/chain.js";
import { derivePublicKey, sha256, signEs256 } from "../../modules/crypto/crypto.js";

/** A key pair of a test: the private key is the SHA-256 of a word, so that it is the same in every run. */
export interface TestNode {
	readonly privateKey: Uint8Array;
	readonly key: Uint8Array;
	readonly id: Uint8Array;
}

export function testNode(word: string): TestNode {
	const privateKey = sha256(Uint8Array.from(word, letter => letter.charCodeAt(0)));
	const key = derivePublicKey(privateKey);
	return { privateKey, key, id: nodeIdOf(key) };
}

/** A genesis block by a founder called "lamp". */
export function testGenesis(founder: TestNode, message = "hello", recovery: Uint8Array | null = null) {
	return signGenesis({
		message: sha256(Uint8Array.from(message, letter => letter.charCodeAt(0))),
		author: founder.id,
		privateKey: founder.privateKey,
		time: 1_700_000_000,
		body: {
			kind: Kind.genesis,
			name: "lamp",
			types: Uint8Array.of(0),
			key: founder.key,
			suite: 0,
			rounds: 1000,
			recovery
		}
	});
}

/** What a node that is to be added by `sponsor` says of itself, signed. `era`: the era's id, 16 bytes. */
export function addBody(
	era: Uint8Array,
	node: TestNode,
	name: string,
	said: Partial<Statement> & Pick<Statement, "sponsor">
): AddBody {
	const { key, privateKey } = node;
	const tag = new Uint8Array(tagLength);
	const statement = { number: 0, tag, name, types: Uint8Array.of(1), key, ...said };
	const signature = signEs256(privateKey, statementBytes(era, statement));
	return { kind: Kind.add, ...statement, sponsor: null, signature };
}

/** Blocks in memory. */
export class MemoryStorage implements BlockStorage {
	readonly blocks = new Map<number, Uint8Array>();
	readonly tables: (Uint8Array | undefined)[] = [undefined, undefined, undefined];

	/** The same in another place. */
	copy(): MemoryStorage {
		const other = new MemoryStorage();
		for (const [slot, cose] of this.blocks) other.blocks.set(slot, cose);
		other.tables.splice(0, other.tables.length, ...this.tables);
		return other;
	}

	slots(): number[] {
		return [...this.blocks.keys()];
	}

	read(slot: number): Uint8Array {
		const cose = this.blocks.get(slot);
		if (cose === undefined) throw new Error(`slot ${slot} is empty`);
		return cose;
	}

	write(slot: number, cose: Uint8Array): void {
		this.blocks.set(slot, cose.slice());
	}

	delete(slot: number): void {
		this.blocks.delete(slot);
	}

	readTable(which: TablePlace): Uint8Array | undefined {
		return this.tables[which];
	}

	writeTable(which: TablePlace, table: Uint8Array): void {
		this.tables[which] = table.slice();
	}

	readonly partLength = 1000;

	writePart(which: TablePlace, part: number, bytes: Uint8Array): void {
		const before = this.tables[which] ?? new Uint8Array(0);
		this.tables[which] = concat(before.subarray(0, part * this.partLength), bytes);
	}

	deleteTable(which: TablePlace): void {
		this.tables[which] = undefined;
	}

	/** There is always room. */
	withReserve(work: () => void): void {
		work();
	}
}
