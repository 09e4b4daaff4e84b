import { type Body, type Grant, guardsOf, hashLength, Kind, type Member, sameId } from "../chain/chain.js";
import { actions } from "../devices/devices.js";
import {
	findMember,
	fullLabel,
	grantFault,
	grantsTaken,
	type Node,
	particulars,
	permissionText
} from "../node/node.js";
import type { Questions } from "./questions.js";
import { RecoveryDialog } from "./recovery-dialog.js";
import type { Screen } from "./screen.js";
import { aroundWord, no } from "./words.js";

/** The one action that needs a grant. */
export const granted = "unlock";

/** What it takes of the console. */
export interface StewardConsole {
	/** Shows a line. */
	write(text: string): void;
	/** Asks for a new password of the home and sets it. */
	changePassword(): void;
}

export interface StewardCommandsOptions {
	readonly node: Node;
	readonly questions: Questions;
	readonly console: StewardConsole;
}

/** Commands by which a person says on the chain who leaves, who may do what, and where the chain begins anew. */
export class StewardCommands {
	readonly #options: StewardCommandsOptions;

	constructor(options: StewardCommandsOptions) {
		this.#options = options;
	}

	remove(who: string): void {
		const { node, questions, console } = this.#options;
		const member = this.find(who, "remove WHO");
		if (member === undefined || this.isRefused({ kind: Kind.remove, taking: 1, ids: [member.id] })) return;
		const label = node.chain.members.label(member);
		const text = `This puts ${label} (${member.idText}, ${particulars(node.chain, member)}) out of the home for good: it can never come back under its key.`;
		questions.confirm(`${text} Remove it?`, yes => {
			if (!yes) {
				console.write("Nobody was removed.");
				return;
			}
			node.steward.remove([member], fault => {
				console.write(fault === undefined ? `${label} is removed.` : `No: ${fault}.`);
				if (fault === undefined) {
					this.offerPassword(`${label} may know the home's password and could join under a new key.`);
				}
			});
		});
	}

	/** An owner makes a provisional member a member, and lets its locks take part in tasks for a group. */
	confirm(who: string): void {
		const { node, console } = this.#options;
		const member = this.find(who, "confirm WHO");
		if (member === undefined) return;
		const label = this.label(member);
		// The paper may have made it a member, and no owner has seen its devices.
		const devices = guardsOf(member.types);
		if (!member.isProvisional && (member.isOwner || (member.guards & devices) === devices)) {
			console.write(`No: ${label} is a member already.`);
			return;
		}
		node.steward.confirm(member, fault => {
			console.write(fault === undefined ? `${label} is confirmed.` : `No: ${fault}.`);
		});
	}

	/** As "WHO unlock LOCK" where LOCK is a name or all; names may have spaces. */
	grant(rest: string, isGiven: boolean): void {
		const { node, console } = this.#options;
		const verb = isGiven ? "grant" : "ungrant";
		const [grantee, lock] = aroundWord(rest, granted) ?? ["", ""];
		if (grantee === "") {
			console.write(`Say who may do what: ${verb} WHO ${granted} LOCK. Only ${granted} needs a grant.`);
			return;
		}
		const member = this.find(grantee, "");
		const device = member === undefined || lock.toLowerCase() === "all" ? null : this.find(lock, "");
		if (member === undefined || device === undefined) return;
		const action = actions.indexOf(granted);
		const on = { node: device?.id.slice() ?? null, device: null };
		const said = { id: member.id, action, ...on };
		const body: Body = isGiven
			? { kind: Kind.grant, ...said, limits: null, counted: null }
			: { kind: Kind.withdraw, ...said, taking: 1 };
		if (this.isRefused(body)) return;
		const taken = grantsTaken(member, { action, device });
		const fault = isGiven
			? grantFault(node.chain, member, { action, device })
			: this.ungrantFault(member, taken);
		if (fault !== undefined) {
			console.write(no(fault));
			return;
		}
		// One of all locks is given or taken as a whole.
		const isWider = !isGiven && device !== null && taken.some(grant => grant.node === null);
		const label = this.label(member);
		const what = `${granted} ${device === null ? "every lock" : this.label(device)}`;
		const done = (fault?: string) => {
			const others = isWider ? ", nor any other lock: that was one grant" : "";
			const text = isGiven ? `${label} may ${what}.` : `${label} may not ${what} any more${others}.`;
			console.write(fault === undefined ? text : `No: ${fault}.`);
		};
		if (isGiven) node.steward.grant(member, action, on, done);
		else node.steward.withdraw(member, action, on, done);
	}

	private ungrantFault(member: Member, taken: readonly Grant[]): string | undefined {
		if (taken.length > 0) return undefined;
		const why = member.isOwner
			? "is an owner, who needs no grant: there is none to take back"
			: "has no such grant";
		return `${this.label(member)} ${why}`;
	}

	/** What was granted, as it is typed after "grant", and what has to be granted again. */
	*grantPieces(screen: Screen): Generator<void, void, undefined> {
		const { chain } = this.#options.node;
		// What is granted may be other from one line to the next.
		const grants = () => chain.members.roster.grants;
		if (grants().count === 0) screen.own("Nobody was granted anything; an owner needs no grant.");
		for (let number = 0; number < grants().count; number += 1) {
			screen.own(permissionText(grants().at(number), chain.members));
			yield;
		}
		for (const { body } of chain.notReissued) {
			if (body.kind === Kind.grant)
				screen.own(`gone, to be given again: grant ${permissionText(body, chain.members)}`);
		}
	}

	rotate(): void {
		const { node, console } = this.#options;
		node.steward.rotate(fault => {
			console.write(
				fault === undefined ? "This node has a new key; the old one opens nothing any more." : `No: ${fault}.`
			);
		});
	}

	checkpoint(): void {
		const { node, questions, console } = this.#options;
		const { eraNumber: era, checkpoint } = node.chain;
		const none = new Uint8Array(hashLength);
		const body: Body = { kind: Kind.checkpoint, era, opening: none, number: checkpoint + 1, hash: none };
		if (this.isRefused(body)) return;
		const text = `This replaces ${node.chain.length} blocks by what they come to; how it came to that is forgotten.`;
		questions.confirm(`${text} Make a checkpoint?`, yes => {
			if (!yes) {
				console.write("The chain stays as it is.");
				return;
			}
			node.steward.checkpoint(fault => {
				console.write(fault === undefined ? `Checkpoint ${node.chain.checkpoint} is made.` : `No: ${fault}.`);
			});
		});
	}

	/** Says whether what is written on a paper is this home's recovery key. */
	checkRecoveryKey(): void {
		const { node, console } = this.#options;
		if (this.lacksPaper()) return;
		this.askRecoveryKey(written => {
			const fault = node.steward.recoveryFault(written);
			console.write(
				fault === undefined ? "That is this home's recovery key: keep it safe." : `No: ${fault}.`
			);
		});
	}

	/** With the recovery key: WHO is an owner from now on, who was stolen is put out. */
	recover(who: string): void {
		const { node, console } = this.#options;
		const { self } = node.steward;
		// Its own chain may have this node removed, or by a thief's table call another node by its name.
		const isSelf = [self.idText, self.name.toLowerCase()].includes(who.toLowerCase());
		const found = isSelf ? self : this.find(who, "recover WHO");
		if (found === undefined) return;
		const successor = sameId(found.id, self.id) ? self : found;
		const unfit = successor === self ? node.steward.successionFault : undefined;
		if (unfit !== undefined) {
			console.write(`No: ${unfit}.`);
			return;
		}
		if (node.isRemoved && !sameId(successor.id, self.id)) {
			// Nobody listens to it but as an owner: the new era would be known here alone.
			console.write(
				`No: the home holds this node for removed, so here it can make this node an owner alone: say recover ${self.name}, or use the paper on ${this.label(successor)}.`
			);
			return;
		}
		if (successor.isFrozen) {
			console.write(
				`No: ${this.label(successor)} took two new keys at once, so somebody else has its key: name another node.`
			);
			return;
		}
		if (this.lacksPaper()) return;
		const onOpened = (isAnyoneOut: boolean) => {
			const who = isAnyoneOut ? "Who was put out" : "Who had an owner's node before";
			this.offerPassword(`${who} may know the home's password.`);
		};
		const recovery = new RecoveryDialog({ ...this.#options, successor, onOpened });
		this.askRecoveryKey(written => {
			const fault = node.steward.recoveryFault(written);
			if (fault !== undefined) console.write(`No: ${fault}.`);
			else recovery.askWhoLeaves(written);
		});
	}

	private askRecoveryKey(done: (written: string) => void): void {
		const fault = (answer: string) => (answer === "" ? "11 groups of 5 letters and digits" : undefined);
		this.#options.questions.ask(
			{ text: "Recovery key, as it was written down:", isSecret: true, fault },
			done
		);
	}

	/** Says so where no paper can be this home's, before anyone looks for one. */
	private lacksPaper(): boolean {
		const { node, console } = this.#options;
		const isLacking = node.chain.recovery === null;
		if (isLacking) console.write("No: this home has no recovery key.");
		return isLacking;
	}

	/** To be asked where somebody left who may know the password. */
	private offerPassword(why: string): void {
		const { node, questions, console } = this.#options;
		if (node.suite.renew === undefined) return;
		if (node.chain.members.get(node.identity.id)?.isOwner !== true) {
			console.write(`${why} Say "password" on an owner's node to give the home a new one.`);
			return;
		}
		questions.confirm(`${why} Give the home a new password now?`, wanted => {
			if (wanted) console.changePassword();
		});
	}

	private label(member: Member): string {
		return fullLabel(this.#options.node.chain, member);
	}

	/** The one member that is meant; says why not where there is none. */
	private find(who: string, usage: string): Member | undefined {
		const { node, console } = this.#options;
		if (who === "") {
			console.write(`Say whom: ${usage}.`);
			return undefined;
		}
		const found = findMember(node.chain, who);
		if ("member" in found) return found.member;
		console.write(no(found.fault));
		return undefined;
	}

	/** Says so when this node has no right to it, before anyone is asked to confirm. */
	private isRefused(body: Body): boolean {
		const { node, console } = this.#options;
		const fault = node.steward.faultOf(body);
		if (fault !== undefined) console.write(`No: ${fault}.`);
		return fault !== undefined;
	}
}
