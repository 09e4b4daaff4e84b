import { type Chain, hasFirstKey, type Member, membersLimit, ownersLimit, sameId } from "../chain/chain.js";
import { findMember, fullLabel, type Node, permissionText } from "../node/node.js";
import type { Questions } from "./questions.js";
import type { StewardConsole } from "./steward-commands.js";

export interface RecoveryDialogOptions {
	readonly node: Node;
	readonly questions: Questions;
	readonly console: StewardConsole;
	/** Who is to be an owner. */
	readonly successor: Member;
	/** The new era has begun; `isAnyoneOut`: somebody was put out. */
	readonly onOpened: (isAnyoneOut: boolean) => void;
}

/**
 * Asks who is to be what in a new era, and opens it. All of it is about those who were members when it began: what a thief of an
 * owner's key does while a person answers, adds and removals, changes nothing of what comes of it.
 */
export class RecoveryDialog {
	readonly #options: RecoveryDialogOptions;
	/** The members when it began, and who was one until an owner had new keys. */
	readonly #shown: Pick<Chain, "members">;
	/** Who took two new keys at once: somebody else has its key. */
	readonly #frozen: readonly Member[];
	/** Of those shown, who was no member any more, and is not the one to be an owner. */
	readonly #shutOut: readonly Member[];
	/** The opening of the era in which that was. */
	readonly #opening: Uint8Array | undefined;

	constructor(options: RecoveryDialogOptions) {
		const { chain } = options.node;
		const { members, base } = chain;
		this.#options = options;
		const { self, successionFault } = options.node.steward;
		// This node's new key nobody else has.
		const isSafe = ({ id }: Member) => sameId(id, self.id) && successionFault === undefined;
		this.#frozen = members.all.filter(member => member.isFrozen && !isSafe(member));
		this.#shown = { members: chain.membersWithShutOut };
		this.#shutOut = this.#shown.members.all.filter(
			({ id }) => members.get(id) === undefined && !sameId(id, options.successor.id)
		);
		this.#opening = base?.opening;
	}

	/** `written`: the recovery key, as it was found right. */
	askWhoLeaves(written: string): void {
		const { questions, successor } = this.#options;
		const find = (answer: string) => {
			if (answer === "-") return [];
			const found = answer.split(",").map(name => findMember(this.#shown, name.trim()));
			return found.map(one => ("fault" in one ? one.fault : one.member));
		};
		const fault = (answer: string) => {
			const wrong = find(answer).find(one => typeof one === "string" || one.idText === successor.idText);
			return typeof wrong === "object" ? "that is who is to be an owner" : wrong;
		};
		const text = "Who was stolen or lost, and is to be put out? Names, with commas between, or - for nobody:";
		questions.ask({ text: `${this.whatWas}${text}`, fault }, answer => {
			const named = find(answer).filter(one => typeof one === "object");
			const others = named.filter(({ id }) => !isAmong(this.#frozen, id));
			this.askWhoFollows(written, [...this.#frozen, ...others]);
		});
	}

	private get whatWas(): string {
		const frozen = `${this.list(this.#frozen)} took two new keys at once, so somebody else has that key: put out in any case. If you have it, use the paper there. `;
		const shutOut = `Out by new keys of an owner, and can come back: ${this.list(this.#shutOut)}. `;
		return `${this.#frozen.length > 0 ? frozen : ""}${this.#shutOut.length > 0 ? shutOut : ""}`;
	}

	/**
	 * Whom those admitted who leave, and who is out already: a thief may have admitted nodes of his own, and the checkpoint that fell may
	 * have been his.
	 */
	private askWhoFollows(written: string, leaving: readonly Member[]): void {
		const { questions, successor } = this.#options;
		const admitted = this.#shown.members.all.filter(({ id, sponsor }) => {
			const isAsked = isAmong(leaving, sponsor) || isAmong(this.#shutOut, id);
			return isAsked && !isAmong(leaving, id) && !sameId(id, successor.id);
		});
		if (admitted.length === 0) {
			this.askWhoRotated(written, leaving);
			return;
		}
		const others = admitted.every(({ sponsor }) => isAmong(leaving, sponsor)) ? "" : ", or out already";
		const text = `Admitted by who is put out${others}: ${this.list(admitted)}. Are all of these yours, and to stay?`;
		questions.confirm(text, stay => this.askWhoRotated(written, stay ? leaving : [...leaving, ...admitted]));
	}

	/** An owner's table can give a member another key: whoever has that would stay in the home as that member. */
	private askWhoRotated(written: string, leaving: readonly Member[]): void {
		const { node, questions, successor } = this.#options;
		const isOwn = ({ id }: Member) => sameId(id, successor.id) || sameId(id, node.identity.id);
		const rotated = this.#shown.members.all.filter(
			member => !hasFirstKey(member) && !member.isOwner && !isOwn(member) && !isAmong(leaving, member.id)
		);
		if (leaving.length === 0 || rotated.length === 0) {
			this.confirm(written, leaving);
			return;
		}
		const text = `Another key than when it joined: ${this.list(rotated)}. Did you type "rotate" on all of these, and are they to stay?`;
		questions.confirm(text, stay => this.confirm(written, stay ? leaving : [...leaving, ...rotated]));
	}

	private confirm(written: string, leaving: readonly Member[]): void {
		const { node, questions, console, successor } = this.#options;
		const { self, successionFault } = node.steward;
		// What the chain says of this node may be a thief's.
		const all = this.#shown.members.all.map(member => (sameId(member.id, self.id) ? self : member));
		const here = isAmong(all, successor.id) ? all : [...all, successor];
		const staying = here.filter(({ id }) => !isAmong(leaving, id));
		const shared = staying.filter(member => (member === self ? successionFault : member.isFrozen));
		if (shared.length > 0) {
			console.write(
				`No: somebody else has the key of ${this.list(shared)}: say it again, and name that as well as who is put out.`
			);
			return;
		}
		const owners = staying.filter(({ isOwner, id }) => isOwner || sameId(id, successor.id));
		if (owners.length > ownersLimit) {
			console.write(`No: a home has ${ownersLimit} owners at most; one of them has to be put out.`);
			return;
		}
		if (staying.length > membersLimit) {
			console.write(`No: a home has ${membersLimit} members at most; some of them have to be put out.`);
			return;
		}
		const others = staying.filter(member => !owners.includes(member));
		const gone = leaving.length > 0 ? ` Put out for good: ${this.list(leaving, true)}.` : "";
		const text = `Owners will be ${this.list(owners, true)}; members ${this.list(others)}.${gone} Grants have to be given again.`;
		questions.confirm(`${text} Go on?`, yes => {
			if (yes) this.open(written, owners, others, leaving);
			else console.write("Nothing was done.");
		});
	}

	private open(
		written: string,
		owners: readonly Member[],
		others: readonly Member[],
		leaving: readonly Member[]
	): void {
		const { node, console, onOpened } = this.#options;
		const { members } = node.chain;
		const named = [...owners, ...others, ...leaving];
		const late = members.all.filter(({ id }) => !isAmong(named, id)).map(member => members.label(member));
		const staying = [...owners, ...others].map(member => members.get(member.id) ?? member);
		const grants = staying.flatMap(member => member.grants.map(grant => permissionText(grant, members)));
		node.steward.recover({ written, shown: this.#opening, owners, members: others, leaving }, fault => {
			if (fault !== undefined) {
				console.write(`No: ${fault}.`);
				return;
			}
			const verb = owners.length > 1 ? "are owners" : "is an owner";
			console.write(`A new era of the home has begun: ${this.list(owners)} ${verb}.`);
			for (const label of late) console.write(`Joined meanwhile, and put out for good: ${label}.`);
			for (const grant of grants) console.write(`To be given again: grant ${grant}`);
			const { successor } = this.#options;
			if (!sameId(successor.id, node.identity.id)) {
				// A thief may have told all others, and not this node, that it is removed.
				const name = this.list([successor]);
				console.write(`Look on ${name} whether "chain" shows it: if not, use the paper there.`);
			}
			onOpened(leaving.length > 0 || late.length > 0);
		});
	}

	/** `withIds`: a bad owner's table can give two owners each other's name; their ids are to stand beside the paper. */
	private list(some: readonly Member[], withIds = false): string {
		const { self } = this.#options.node.steward;
		const { directory } = this.#shown.members;
		// By a thief's table another may have its name.
		const label = (member: Member) =>
			sameId(member.id, self.id) ? directory.labelAs(self.name, self.idText) : fullLabel(this.#shown, member);
		const full = (member: Member) => {
			const text = label(member);
			const id = member.idText.slice(0, 8);
			return withIds && !text.includes(id) ? `${text} (${id})` : text;
		};
		return some.map(full).join(", ") || "nobody";
	}
}

function isAmong(list: readonly Member[], id: Uint8Array | null): boolean {
	return list.some(one => id !== null && sameId(one.id, id));
}
