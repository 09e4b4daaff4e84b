import { type Body, Kind, type Member } from "../chain/chain.js";
import { actions } from "../devices/devices.js";
import { findMember, type Node } from "../node/node.js";
import type { Questions } from "./questions.js";

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
		const member = this.#find(who, "remove WHO");
		if (member === undefined || this.#isRefused({ kind: Kind.remove, ids: [member.id] })) return;
		const label = node.chain.members.label(member);
		const text = `This puts ${label} (${member.idText}) out of the home for good: it can never come back under its key.`;
		questions.confirm(`${text} Remove it?`, yes => {
			if (!yes) {
				console.write("Nobody was removed.");
				return;
			}
			node.steward.remove([member], fault => {
				console.write(fault === undefined ? `${label} is removed.` : `No: ${fault}.`);
				if (fault !== undefined || node.suite.renew === undefined) return;
				const why = `${label} may know the home's password and could join under a new key.`;
				questions.confirm(`${why} Give the home a new password now?`, wanted => {
					if (wanted) console.changePassword();
				});
			});
		});
	}

	/** As "WHO admin", or "WHO unlock LOCK" where LOCK is a name or all; names may have spaces. */
	grant(rest: string, isGiven: boolean): void {
		const { node, console } = this.#options;
		const verb = isGiven ? "grant" : "ungrant";
		const [, rankWho] = /^(.+?)\s+admin$/.exec(rest) ?? [];
		if (rankWho !== undefined) {
			this.#rank(rankWho, isGiven);
			return;
		}
		const [, grantee = "", lock = ""] = new RegExp(`^(.+?)\\s+${granted}\\s+(.+)$`).exec(rest) ?? [];
		if (grantee === "") {
			console.write(
				`Say who may do what: ${verb} WHO ${granted} LOCK, or ${verb} WHO admin. Only ${granted} needs a grant.`
			);
			return;
		}
		const member = this.#find(grantee, "");
		const device = lock === "all" ? null : this.#find(lock, "");
		if (member === undefined || device === undefined) return;
		const label = node.chain.members.label(member);
		const what = `${granted} ${device === null ? "every lock" : node.chain.members.label(device)}`;
		node.steward.grant(member, actions.indexOf(granted), device?.id ?? null, isGiven, fault => {
			const done = isGiven ? `${label} may ${what}.` : `${label} may not ${what} any more.`;
			console.write(fault === undefined ? done : `No: ${fault}.`);
		});
	}

	#rank(who: string, isGiven: boolean): void {
		const { node, console } = this.#options;
		const member = this.#find(who, "");
		if (member === undefined) return;
		const label = node.chain.members.label(member);
		node.steward.admin(member, isGiven, fault => {
			if (fault !== undefined) console.write(`No: ${fault}.`);
			else
				console.write(
					isGiven
						? `${label} is an admin: it may remove members and grant.`
						: `${label} is no admin any more.`
				);
		});
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
		const body: Body = { kind: Kind.checkpoint, number: node.chain.checkpoint + 1, hash: new Uint8Array(32) };
		if (this.#isRefused(body)) return;
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

	recover(who: string): void {
		const { node, questions } = this.#options;
		const successor = this.#find(who, "recover WHO");
		if (successor === undefined) return;
		questions.ask({ text: "Recovery key, as it was written down:", isSecret: true }, written => {
			const text = "Which node is to be removed? Its name, or - for none:";
			const fault = (answer: string) => {
				const found = answer === "-" ? undefined : findMember(node.chain, answer);
				return found !== undefined && "fault" in found ? found.fault : undefined;
			};
			questions.ask({ text, fault }, answer => {
				const found = answer === "-" ? undefined : findMember(node.chain, answer);
				const removed = found !== undefined && "member" in found ? [found.member] : [];
				this.#confirmRecovery(written, successor, removed);
			});
		});
	}

	#confirmRecovery(written: string, successor: Member, removed: readonly Member[]): void {
		const { node, questions, console } = this.#options;
		const { members } = node.chain;
		const name = members.label(successor);
		const leaving = removed.map(member => members.label(member)).join(", ");
		const text = `This makes ${name} a founder${leaving && ` and puts ${leaving} out of the home for good`}.`;
		questions.confirm(`${text} Go on?`, yes => {
			if (!yes) {
				console.write("Nothing was done.");
				return;
			}
			node.steward.recover(written, successor, removed, fault => {
				console.write(
					fault === undefined
						? `${name} is a founder${leaving && `; ${leaving} is removed`}.`
						: `No: ${fault}.`
				);
			});
		});
	}

	/** The one member that is meant; says why not where there is none. */
	#find(who: string, usage: string): Member | undefined {
		const { node, console } = this.#options;
		if (who === "") {
			console.write(`Say whom: ${usage}.`);
			return undefined;
		}
		const found = findMember(node.chain, who);
		if ("member" in found) return found.member;
		console.write(`No: ${found.fault}.`);
		return undefined;
	}

	/** Says so when this node has no right to it, before anyone is asked to confirm. */
	#isRefused(body: Body): boolean {
		const { node, console } = this.#options;
		const fault = node.steward.faultOf(body);
		if (fault !== undefined) console.write(`No: ${fault}.`);
		return fault !== undefined;
	}
}
