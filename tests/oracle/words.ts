/** The words of the rules: abstract blocks, bases and tables, without bytes and without cryptography. */

/** A member's id; in the real chain the first 16 bytes of the hash of its first key. */
export type Id = string;
/** A public key by its name. */
export type Key = string;
/** A hash of a block or of a base: a number, so that "the lower hash" is a comparison. */
export type Hash = number;

/** Provisional: admitted by a member until an owner confirms it. */
export type Rank = "provisional" | "member" | "owner";

/** A joiner's own statement, which its sponsor's add carries. `signed`: its signature is right. */
export interface Statement {
	readonly id: Id;
	readonly key: Key;
	readonly name: string;
	/** The type of each device, by its number; 0: none. */
	readonly types: readonly number[];
	/** Who admits it: nobody else may use the statement, but an owner that confirms it. */
	readonly sponsor: Id;
	readonly opening: Hash;
	/** The number of the base under which it was made. */
	readonly number: number;
	readonly signed: boolean;
}

/** What a grant gives or a demand asks, and a withdrawal or a waiver takes back. */
export interface Right {
	/** Who may; for a demand: what is asked ("two keys", "auto-lock"). */
	readonly who: string;
	readonly node: Id;
	/** A device's number, or all of the node's. */
	readonly device: number | "all";
}

/** A block's body. What has a `taking` takes something away: the number runs through the era, for each owner. */
export type Body =
	| { readonly kind: "add"; readonly statement: Statement }
	| { readonly kind: "confirm"; readonly target: Id; readonly guards: number }
	| { readonly kind: "describe"; readonly name: string; readonly types: readonly number[] }
	| { readonly kind: "grant"; readonly right: Right; readonly counted?: Hash }
	| { readonly kind: "waive"; readonly right: Right }
	| { readonly kind: "other" }
	| { readonly kind: "remove"; readonly taking: number; readonly targets: readonly Id[] }
	| { readonly kind: "withdraw"; readonly taking: number; readonly right: Right }
	| { readonly kind: "demand"; readonly taking: number; readonly right: Right }
	| {
			readonly kind: "rotate";
			/** How often the key has changed, this time included. */
			readonly turn: number;
			readonly to: Key;
			/** The new key's proof is right. */
			readonly proof: boolean;
			/** The number of the owner's last taking; 0 for others. */
			readonly takings: number;
	  };

/** One entry of an author's log, signed with `key`. */
export interface Block {
	readonly hash: Hash;
	/** The opening of its era, the number of its base, and the base itself. */
	readonly opening: Hash;
	readonly number: number;
	readonly base: Hash;
	readonly author: Id;
	readonly key: Key;
	/** From 0 at each base. A rotate takes none: it states the next one. */
	readonly sequence: number;
	/** The author's block before it; undefined: the base. */
	readonly previous: Hash | undefined;
	readonly body: Body;
}

export type BlockOf<Kind extends Body["kind"]> = Block & { readonly body: Extract<Body, { kind: Kind }> };
export type Taking = BlockOf<"remove" | "withdraw" | "demand">;

/** One member in a table. */
export interface Row {
	readonly id: Id;
	readonly key: Key;
	/** How often its key has changed. */
	readonly turn: number;
	/** Two rotates of one key: nobody may act for it any more. */
	readonly frozen: boolean;
	readonly rank: Rank;
	/** Who admitted it; needed while it is provisional. */
	readonly sponsor: Id | undefined;
	readonly name: string;
	readonly types: readonly number[];
	/** A bit for each device of a guarded type that an owner has seen. */
	readonly guards: number;
}

/** What a base comes to. */
export interface Table {
	readonly rows: readonly Row[];
	/** Ids once removed in this era, the oldest first. */
	readonly removed: readonly Id[];
	/** For each owner the number of its takings that are in this table. */
	readonly covered: ReadonlyMap<Id, number>;
	/** The hash of the last of them, by which an owner's node sees whether its own are meant. */
	readonly last: ReadonlyMap<Id, Hash>;
	readonly grants: readonly Right[];
	readonly demands: readonly Right[];
	/** The version of the password's record. */
	readonly password: number;
}

/** Genesis, an opening by the recovery key, or a checkpoint by an owner. */
export interface Base {
	readonly hash: Hash;
	readonly era: number;
	/** The hash of its era's opening: its own, if it is one. */
	readonly opening: Hash;
	/** 0 for an opening. */
	readonly number: number;
	readonly signer: Id | "paper";
	readonly key: Key;
	readonly table: Table;
}

export const isTaking = (block: Block): block is Taking => "taking" in block.body;
export const isOf = <Kind extends Body["kind"]>(block: Block, kind: Kind): block is BlockOf<Kind> =>
	block.body.kind === kind;
export const ranks: Readonly<Record<Rank, number>> = { owner: 0, member: 1, provisional: 2 };
/** Whether what one block says of a right concerns what another says. */
export const overlaps = (a: Right, b: Right): boolean =>
	a.who === b.who && a.node === b.node && (a.device === b.device || a.device === "all" || b.device === "all");
export const sameRight = (a: Right, b: Right): boolean =>
	a.who === b.who && a.node === b.node && a.device === b.device;
