import { type Member, sameId } from "../chain/chain.js";
import { findMember, fullLabel, type Node, type Places, particulars, Replacement } from "../node/node.js";
import type { Questions } from "./questions.js";
import { aroundWord, no } from "./words.js";

/** The word between who goes and who comes: both names may have spaces. */
export const withWord = "with";

export interface NameCommandsOptions {
	readonly node: Node;
	readonly questions: Questions;
	/** Shows a line. */
	readonly write: (text: string) => void;
}

/** Commands by which a person says what a node is called, and which one takes the place of another. */
export class NameCommands {
	readonly #options: NameCommandsOptions;

	constructor(options: NameCommandsOptions) {
		this.#options = options;
	}

	/** Calls this node otherwise. */
	rename(name: string): void {
		const { node, write } = this.#options;
		if (name === "") {
			write("Say what this node is to be called: rename NAME.");
			return;
		}
		const before = node.identity.name;
		node.naming.rename(name, fault => {
			if (fault !== undefined) {
				write(no(fault));
				return;
			}
			write(`This node is called ${name} from now on.`);
			// Names are found whatever the letters' case.
			if (before.toLowerCase() === name.toLowerCase()) return;
			write(
				`A button of another node that is set for "${before}" does not find it any more: set its buttonTask anew.`
			);
		});
	}

	/** As "OLD with NEW": a new board takes a dead one's place, which is removed. */
	replace(rest: string): void {
		const { node, questions, write } = this.#options;
		const [oldName, heirName] = aroundWord(rest, withWord) ?? ["", ""];
		if (oldName === "") {
			write(
				`Say which one, and which new one: replace OLD ${withWord} NEW. The new one has joined under a name of its own.`
			);
			return;
		}
		const heir = this.find(heirName);
		if (heir === undefined) return;
		const old = this.find(oldName);
		if (old === undefined) {
			write(
				`Where it is removed already, ${this.label(heir)} calls itself so as soon as it has heard of that.`
			);
			return;
		}
		const places: Places = { old, heir };
		const fault = node.replacementFault(places);
		if (fault !== undefined) {
			write(no(fault));
			return;
		}
		questions.confirm(this.question(places), yes => {
			if (!yes) {
				write("Nobody was replaced.");
				return;
			}
			const [oldLabel, heirLabel] = [this.label(old), this.label(heir)];
			const { name } = old;
			node.replace(places, refusal => {
				if (refusal !== undefined) {
					write(no(refusal));
					return;
				}
				write(
					`${oldLabel} is removed, and ${heirLabel} calls itself ${name} as soon as it has heard of that.`
				);
				write(`If ${oldLabel} may be in other hands, give the home a new password: "password".`);
			});
		});
	}

	private question(places: Places): string {
		const { chain } = this.#options.node;
		const { old, heir } = places;
		const who = ({ idText }: Member) => `${idText}, `;
		const [oldText, heirText] = [old, heir].map(
			member => `${this.label(member)} (${who(member)}${particulars(chain, member)})`
		);
		const count = Replacement.grants(chain, places).length;
		const grants = count === 0 ? "" : `, and what was granted to it or for it (${count})`;
		const followers = chain.members.all.filter(
			({ isProvisional, sponsor, id }) =>
				isProvisional && sponsor !== null && sameId(sponsor, old.id) && !sameId(id, heir.id)
		);
		const out =
			followers.length === 0
				? ""
				: ` Out with it, until they join again: ${followers.map(member => this.label(member)).join(", ")}.`;
		return `${heirText} takes the place of ${oldText}: its name${grants}. ${this.label(old)} is put out of the home for good.${out} Go on?`;
	}

	private label(member: Member): string {
		return fullLabel(this.#options.node.chain, member);
	}

	private find(who: string): Member | undefined {
		const found = findMember(this.#options.node.chain, who);
		if ("member" in found) return found.member;
		this.#options.write(no(found.fault));
		return undefined;
	}
}
